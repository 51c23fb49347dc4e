package main

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"slices"

	"github.com/cloudwego/kitex/client/callopt"

	"volplane.example/interop/kitex_gen/everything"
)

// kinds sends a value of every kind of field, then the zero values.
func kinds(peer *remotePeer) error {
	for _, sent := range []*everything.Kinds{everyKind(), zeroKinds()} {
		got, err := peer.Echo(context.Background(), sent)
		if err != nil {
			return err
		}
		// A set comes back in any order.
		slices.Sort(got.Names)
		if err := same(sent, got); err != nil {
			return err
		}
	}
	return nil
}

func everyKind() *everything.Kinds {
	text := "inner ✓"
	number := int32(-5)
	inner := &everything.Inner{Number: math.MinInt32, Text: &text}
	return &everything.Kinds{
		Flag:    true,
		Tiny:    math.MinInt8,
		Small:   math.MaxInt16,
		Medium:  math.MinInt32,
		Large:   math.MaxInt64,
		Real:    -1.5e300,
		Text:    "Grüße, 世界 🌍\x00",
		Bytes:   []byte{0, 1, 0x80, 0xff},
		Color:   everything.Color_BLUE,
		Inner:   inner,
		Either:  &everything.Either{Number: &number},
		Numbers: []int32{math.MinInt32, -1, 0, 1, math.MaxInt32},
		Inners:  []*everything.Inner{inner, {Number: 1}},
		Names:   []string{"a", "b", "ü"},
		Counts:  map[string]int64{"one": 1, "least": math.MinInt64, "": 0},
		Nested:  map[int32][]*everything.Inner{-1: {inner}, 2: {}},
		At:      1_700_000_000_000,
		Flags:   []bool{true, false, true},
		Table:   [][]string{{"a", "b"}, {}, {""}},
		Reals:   []float64{0, math.Inf(1), math.SmallestNonzeroFloat64},
		Colors:  map[everything.Color]string{everything.Color_RED: "red", everything.Color_BLUE: "blue"},
		Last:    32767,
	}
}

func zeroKinds() *everything.Kinds {
	text := ""
	return &everything.Kinds{
		Bytes:   []byte{},
		Color:   everything.Color_RED,
		Inner:   &everything.Inner{},
		Either:  &everything.Either{Text: &text},
		Numbers: []int32{},
		Inners:  []*everything.Inner{},
		Names:   []string{},
		Counts:  map[string]int64{},
		Nested:  map[int32][]*everything.Inner{},
		Missing: &text,
		Flags:   []bool{},
		Table:   [][]string{},
		Reals:   []float64{},
		Colors:  map[everything.Color]string{},
	}
}

// same compares what came with what was expected.
func same(expected, found any) error {
	if !reflect.DeepEqual(expected, found) {
		return fmt.Errorf("expected %v, found %v", expected, found)
	}
	return nil
}

// echoes calls a method that has to answer with its argument.
func echoes(method func(context.Context, string, ...callopt.Option) (string, error), text string) error {
	got, err := method(context.Background(), text)
	if err != nil {
		return err
	}
	return same(text, got)
}
