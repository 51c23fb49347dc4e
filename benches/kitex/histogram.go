package main

import (
	"math"
	"math/bits"
)

// Values below 2048 have a bucket each, and above 1024 buckets cover each power of two: three digits, as the HDR histogram
// of load.rs keeps them. 2^36 ns are 68 s.
const (
	digitBits  = 11
	bucketSize = 1 << (digitBits - 1)
	buckets    = (36 - digitBits + 2) * bucketSize
)

// histogram counts latencies in nanoseconds.
type histogram struct {
	counts []uint32
	total  uint64
}

func (h *histogram) record(value uint64) {
	if h.counts == nil {
		h.counts = make([]uint32, buckets)
	}
	shift := max(bits.Len64(value)-digitBits, 0)
	h.counts[min(shift*bucketSize+int(value>>shift), buckets-1)]++
	h.total++
}

func (h *histogram) add(other *histogram) {
	if h.counts == nil {
		h.counts = make([]uint32, buckets)
	}
	for i, count := range other.counts {
		h.counts[i] += count
	}
	h.total += other.total
}

// quantile is the highest value of the bucket in which that part of all values is reached.
func (h *histogram) quantile(part float64) uint64 {
	wanted := uint64(math.Ceil(part * float64(h.total)))
	var seen uint64
	for i, count := range h.counts {
		seen += uint64(count)
		if seen >= wanted && seen > 0 {
			return highest(i)
		}
	}
	return 0
}

func highest(bucket int) uint64 {
	shift := max(bucket/bucketSize-1, 0)
	return (uint64(bucket-shift*bucketSize)+1)<<shift - 1
}
