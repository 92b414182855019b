#!/usr/bin/env bash
# tools/new-control makes a room that passes the gate, compiles, and has exactly one failing test.
# --no-build skips what needs a compiler; SALLYPORT_PRESET is what it compiles with (dev).
set -euo pipefail
cd "$(dirname "$0")/.."

fail() { echo "FAIL: $*" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
copy=$work/sallyport
mkdir "$copy"
git ls-files -co --exclude-standard -z | while IFS= read -r -d '' file; do
  [[ -f $file && $file != dashboard/* ]] && printf '%s\0' "$file"
done | tar --null -T - -cf - | tar -xf - -C "$copy"
cd "$copy"
git init -q && git add -A

if tools/new-control Bad-Name 2>/dev/null; then fail "a name that is not snake_case was taken"; fi
tools/new-control probe_room >/dev/null
if tools/new-control probe_room 2>/dev/null; then fail "a room was made twice"; fi
grep -q '^CONTROL(probe_room)' src/controls/registry.def || fail "not registered"

room=src/controls/probe_room
git add -A
for check in layering size names rooms paths format; do
  tools/check --only "$check" >"$work/found" 2>/dev/null || true
  if grep probe_room "$work/found"; then fail "the new room does not pass $check"; fi
done
[[ ${1:-} == --no-build ]] && { echo "PASS: the new room passes the gate"; exit 0; }

preset=${SALLYPORT_PRESET:-dev}
cmake --preset "$preset" -DSALLYPORT_DASHBOARD=OFF -DSALLYPORT_BENCHMARKS=OFF >"$work/log" 2>&1 || { tail -20 "$work/log"; fail "configure"; }
cmake --build --preset "$preset" --target controls_test assembly_test >"$work/log" 2>&1 || { tail -40 "$work/log"; fail "the new room does not compile"; }
"build/$preset/controls_test" >"$work/tests" 2>&1 && fail "the test that says what to do next did not fail"
failed=$(grep -c '^\[  FAILED  \] ProbeRoom\.SaysWhatToDoNext (' "$work/tests" || true)
others=$(grep '^\[  FAILED  \] .*(.* ms)' "$work/tests" | grep -vc ProbeRoom.SaysWhatToDoNext || true)
[[ $failed == 1 ]] || { tail -20 "$work/tests"; fail "expected one failing test of the new room"; }
[[ $others == 0 ]] || { grep '^\[  FAILED' "$work/tests"; fail "other tests failed"; }
"build/$preset/assembly_test" --gtest_filter='*Cases*' >"$work/cases" 2>&1 || { tail -20 "$work/cases"; fail "the new room's cases do not hold"; }
echo "PASS: the new room passes the gate, compiles, and has one test that says what to do next"
