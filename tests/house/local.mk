house_tests = tests/house/setup.t tests/house/sources.t tests/house/shipped.t tests/house/translations.t tests/house/commands.t tests/house/rules.t
TESTS += $(house_tests)
server_tests += $(house_tests)
EXTRA_DIST += $(house_tests) tests/house/lib.sh
