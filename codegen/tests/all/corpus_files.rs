//! The files of the corpus, so that each is a test with a name of its own.

/// Calls the macro `$callback` with the arguments in parentheses, then with a name and a path for each file.
macro_rules! corpus_files {
    ($callback:ident $arguments:tt) => {
        $callback! {
            $arguments
            apache_accumulo_core_src_main_thrift_client "apache+accumulo/core/src/main/thrift/client.thrift",
            apache_accumulo_core_src_main_thrift_data "apache+accumulo/core/src/main/thrift/data.thrift",
            apache_accumulo_core_src_main_thrift_manager "apache+accumulo/core/src/main/thrift/manager.thrift",
            apache_accumulo_core_src_main_thrift_security "apache+accumulo/core/src/main/thrift/security.thrift",
            apache_impala_common_thrift_hive_1_api_tcliservice "apache+impala/common/thrift/hive-1-api/TCLIService.thrift",
            apache_storm_storm_client_src_storm "apache+storm/storm-client/src/storm.thrift",
            apache_thrift_contrib_fb303_if_fb303 "apache+thrift/contrib/fb303/if/fb303.thrift",
            apache_thrift_lib_delphi_test_keywords_reservedincluded "apache+thrift/lib/delphi/test/keywords/ReservedIncluded.thrift",
            apache_thrift_lib_delphi_test_keywords_reservedkeywords "apache+thrift/lib/delphi/test/keywords/ReservedKeywords.thrift",
            apache_thrift_lib_py_test_test_compiler_thrift5927 "apache+thrift/lib/py/test/test_compiler/Thrift5927.thrift",
            apache_thrift_lib_py_test_test_compiler_thrift5927include "apache+thrift/lib/py/test/test_compiler/thrift5927include.thrift",
            apache_thrift_lib_rs_test_thrifts_base_one "apache+thrift/lib/rs/test/thrifts/Base_One.thrift",
            apache_thrift_lib_rs_test_thrifts_base_two "apache+thrift/lib/rs/test/thrifts/Base_Two.thrift",
            apache_thrift_lib_rs_test_thrifts_midlayer "apache+thrift/lib/rs/test/thrifts/Midlayer.thrift",
            apache_thrift_lib_rs_test_thrifts_ultimate "apache+thrift/lib/rs/test/thrifts/Ultimate.thrift",
            apache_thrift_lib_rs_test_recursive_src_vehicles "apache+thrift/lib/rs/test_recursive/src/Vehicles.thrift",
            apache_thrift_lib_rs_test_recursive_src_maintenance_maintenancefacility "apache+thrift/lib/rs/test_recursive/src/maintenance/MaintenanceFacility.thrift",
            apache_thrift_lib_rs_test_recursive_src_transit_buses "apache+thrift/lib/rs/test_recursive/src/transit/Buses.thrift",
            apache_thrift_lib_rs_test_recursive_src_transit_trains "apache+thrift/lib/rs/test_recursive/src/transit/Trains.thrift",
            apache_thrift_lib_rs_test_recursive_src_transit_transporters "apache+thrift/lib/rs/test_recursive/src/transit/Transporters.thrift",
            apache_thrift_lib_rs_test_recursive_src_transit_light_lightrail "apache+thrift/lib/rs/test_recursive/src/transit/light/LightRail.thrift",
            apache_thrift_lib_rs_test_recursive_src_transit_light_streetcars "apache+thrift/lib/rs/test_recursive/src/transit/light/Streetcars.thrift",
            apache_thrift_lib_rs_test_recursive_src_transit_services_cityservices "apache+thrift/lib/rs/test_recursive/src/transit/services/CityServices.thrift",
            apache_thrift_test_annotationtest "apache+thrift/test/AnnotationTest.thrift",
            apache_thrift_test_brokenconstants "apache+thrift/test/BrokenConstants.thrift",
            apache_thrift_test_constantsdemo "apache+thrift/test/ConstantsDemo.thrift",
            apache_thrift_test_debugprototest "apache+thrift/test/DebugProtoTest.thrift",
            apache_thrift_test_doctest "apache+thrift/test/DocTest.thrift",
            apache_thrift_test_doubleconstantstest "apache+thrift/test/DoubleConstantsTest.thrift",
            apache_thrift_test_identifiers "apache+thrift/test/Identifiers.thrift",
            apache_thrift_test_include "apache+thrift/test/Include.thrift",
            apache_thrift_test_nameconflicttest "apache+thrift/test/NameConflictTest.thrift",
            apache_thrift_test_recursive "apache+thrift/test/Recursive.thrift",
            apache_thrift_test_stresstest "apache+thrift/test/StressTest.thrift",
            apache_thrift_test_thrifttest "apache+thrift/test/ThriftTest.thrift",
            apache_thrift_test_v0_16_thrifttest "apache+thrift/test/v0.16/ThriftTest.thrift",
            apache_thrift_tutorial_shared "apache+thrift/tutorial/shared.thrift",
            apache_thrift_tutorial_tutorial "apache+thrift/tutorial/tutorial.thrift",
            cloudwego_kitex_examples_bizdemo_kitex_swagger_gen_idl_openapi "cloudwego+kitex-examples/bizdemo/kitex_swagger_gen/idl/openapi.thrift",
            cloudwego_kitex_tests_codegen_basic_idls_thrift_loop_packb_common "cloudwego+kitex-tests/codegen/basic_idls/thrift/loop/packb/common.thrift",
            cloudwego_kitex_tests_codegen_basic_idls_thrift_loop_packb_packa_common "cloudwego+kitex-tests/codegen/basic_idls/thrift/loop/packb/packa/common.thrift",
            cloudwego_kitex_tests_codegen_basic_idls_thrift_test_typedef_name_conflict "cloudwego+kitex-tests/codegen/basic_idls/thrift/test_typedef_name_conflict.thrift",
            cloudwego_kitex_tests_thrift_streaming_idl_a_b_c "cloudwego+kitex-tests/thrift_streaming/idl/a.b.c.thrift",
            cloudwego_kitex_tests_thrift_streaming_idl_api "cloudwego+kitex-tests/thrift_streaming/idl/api.thrift",
            cloudwego_thriftgo_tests_options_cases_namespace2_a "cloudwego+thriftgo/tests/options/cases/namespace2/a.thrift",
            cloudwego_thriftgo_tests_options_cases_namespace2_b_a "cloudwego+thriftgo/tests/options/cases/namespace2/b/a.thrift",
            cloudwego_thriftgo_tests_options_cases_namespace2_c_a "cloudwego+thriftgo/tests/options/cases/namespace2/c/a.thrift",
            cloudwego_thriftgo_tests_options_cases_negative_field_id_a "cloudwego+thriftgo/tests/options/cases/negative_field_id/a.thrift",
            cloudwego_thriftgo_tests_options_cases_param_name_conflict_a "cloudwego+thriftgo/tests/options/cases/param_name_conflict/a.thrift",
            cloudwego_volo_examples_thrift_echo "cloudwego+volo/examples/thrift/echo.thrift",
            coze_dev_coze_loop_idl_thrift_base "coze-dev+coze-loop/idl/thrift/base.thrift",
            coze_dev_coze_loop_idl_thrift_coze_loop_llm_coze_loop_llm_manage "coze-dev+coze-loop/idl/thrift/coze/loop/llm/coze.loop.llm.manage.thrift",
            coze_dev_coze_loop_idl_thrift_coze_loop_llm_coze_loop_llm_runtime "coze-dev+coze-loop/idl/thrift/coze/loop/llm/coze.loop.llm.runtime.thrift",
            coze_dev_coze_loop_idl_thrift_coze_loop_llm_coze_loop_llm "coze-dev+coze-loop/idl/thrift/coze/loop/llm/coze.loop.llm.thrift",
            coze_dev_coze_loop_idl_thrift_coze_loop_llm_domain_common "coze-dev+coze-loop/idl/thrift/coze/loop/llm/domain/common.thrift",
            coze_dev_coze_loop_idl_thrift_coze_loop_llm_domain_manage "coze-dev+coze-loop/idl/thrift/coze/loop/llm/domain/manage.thrift",
            coze_dev_coze_loop_idl_thrift_coze_loop_llm_domain_runtime "coze-dev+coze-loop/idl/thrift/coze/loop/llm/domain/runtime.thrift",
            evernote_evernote_thrift_src_errors "evernote+evernote-thrift/src/Errors.thrift",
            evernote_evernote_thrift_src_limits "evernote+evernote-thrift/src/Limits.thrift",
            evernote_evernote_thrift_src_notestore "evernote+evernote-thrift/src/NoteStore.thrift",
            evernote_evernote_thrift_src_types "evernote+evernote-thrift/src/Types.thrift",
            evernote_evernote_thrift_src_userstore "evernote+evernote-thrift/src/UserStore.thrift",
            facebookarchive_swift_swift_generator_src_test_resources_basic_maestro "facebookarchive+swift/swift-generator/src/test/resources/basic/Maestro.thrift",
            facebookarchive_swift_swift_generator_src_test_resources_basic_common_fb303_if_fb303 "facebookarchive+swift/swift-generator/src/test/resources/basic/common/fb303/if/fb303.thrift",
            facebookarchive_swift_swift_idl_parser_src_test_resources_thrift_test_pythonreservedkeywords "facebookarchive+swift/swift-idl-parser/src/test/resources/thrift/test/PythonReservedKeywords.thrift",
            facebookarchive_swift_swift_idl_parser_src_test_resources_thrift_test_smalltest "facebookarchive+swift/swift-idl-parser/src/test/resources/thrift/test/SmallTest.thrift",
            karitham_thrift_ls_tests_made_in_abyss_cycle_a "karitham+thrift-ls/tests/made-in-abyss/cycle_a.thrift",
            karitham_thrift_ls_tests_made_in_abyss_cycle_b "karitham+thrift-ls/tests/made-in-abyss/cycle_b.thrift",
            karitham_thrift_ls_tests_made_in_abyss_lints "karitham+thrift-ls/tests/made-in-abyss/lints.thrift",
            karitham_thrift_ls_tests_made_in_abyss_unused "karitham+thrift-ls/tests/made-in-abyss/unused.thrift",
            samuel_go_thrift_testfiles_hbase "samuel+go-thrift/testfiles/Hbase.thrift",
            samuel_go_thrift_testfiles_cassandra "samuel+go-thrift/testfiles/cassandra.thrift",
            samuel_go_thrift_testfiles_include_a_shared "samuel+go-thrift/testfiles/include/a/shared.thrift",
            samuel_go_thrift_testfiles_include_b_shared "samuel+go-thrift/testfiles/include/b/shared.thrift",
            samuel_go_thrift_testfiles_include_test "samuel+go-thrift/testfiles/include_test.thrift",
            trinodb_hive_thrift_src_main_thrift_hive_metastore "trinodb+hive-thrift/src/main/thrift/hive_metastore.thrift",
            twitter_scrooge_scrooge_generator_tests_src_test_thrift_relative_candy "twitter+scrooge/scrooge-generator-tests/src/test/thrift/relative/candy.thrift",
            twitter_scrooge_scrooge_generator_tests_src_test_thrift_relative_dir1_dir4_include4 "twitter+scrooge/scrooge-generator-tests/src/test/thrift/relative/dir1/dir4/include4.thrift",
            twitter_scrooge_scrooge_generator_tests_src_test_thrift_relative_dir1_include1 "twitter+scrooge/scrooge-generator-tests/src/test/thrift/relative/dir1/include1.thrift",
            twitter_scrooge_scrooge_generator_tests_src_test_thrift_relative_dir2_include2 "twitter+scrooge/scrooge-generator-tests/src/test/thrift/relative/dir2/include2.thrift",
            twitter_scrooge_scrooge_generator_tests_src_test_thrift_relative_dir3_include3 "twitter+scrooge/scrooge-generator-tests/src/test/thrift/relative/dir3/include3.thrift",
            twitter_scrooge_scrooge_generator_tests_src_test_thrift_standalone_const "twitter+scrooge/scrooge-generator-tests/src/test/thrift/standalone/const.thrift",
            twitter_scrooge_scrooge_generator_tests_src_test_thrift_standalone_naughty "twitter+scrooge/scrooge-generator-tests/src/test/thrift/standalone/naughty.thrift",
            twitter_scrooge_scrooge_generator_tests_src_test_thrift_standalone_validations "twitter+scrooge/scrooge-generator-tests/src/test/thrift/standalone/validations.thrift",
            uber_cadence_idl_thrift_cadence "uber+cadence-idl/thrift/cadence.thrift",
            uber_cadence_idl_thrift_history "uber+cadence-idl/thrift/history.thrift",
            uber_cadence_idl_thrift_replicator "uber+cadence-idl/thrift/replicator.thrift",
            uber_cadence_idl_thrift_shared "uber+cadence-idl/thrift/shared.thrift",
            vesoft_inc_nebula_src_interface_common "vesoft-inc+nebula/src/interface/common.thrift",
            vesoft_inc_nebula_src_interface_meta "vesoft-inc+nebula/src/interface/meta.thrift",
            vesoft_inc_nebula_src_interface_storage "vesoft-inc+nebula/src/interface/storage.thrift",
        }
    };
}

/// A test for each file of the corpus: a call of `$check` with its [`Entry`](volplane_build_testkit::corpus::Entry).
macro_rules! test_each_file {
    ($check:ident) => {
        corpus_files!(test_each_file ($check));
    };
    (($check:ident) $($name:ident $file:literal,)*) => {
        $(
            #[test]
            fn $name() {
                super::$check(&volplane_build_testkit::corpus::entry($file));
            }
        )*
    };
}

/// The paths of all files.
macro_rules! corpus_paths {
    () => {
        corpus_files!(corpus_paths ())
    };
    (() $($name:ident $file:literal,)*) => {
        [$($file),*]
    };
}
