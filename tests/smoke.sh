#!/usr/bin/env bash
# A user's first ten minutes, against the built command line: the verbs answer, the exit codes are right, the quickstart's model is scored and judged.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

expect() { # CODE COMMAND...: the command's exit code is CODE
    local want=$1 got=0
    shift
    "$@" >"$work/out" 2>"$work/err" || got=$?
    if [[ $got -ne $want ]]; then
        echo "smoke: '$*' ended with $got, not $want" >&2
        cat "$work/out" "$work/err" >&2
        exit 1
    fi
    echo "smoke: ok ($got)  $*"
}
says() { grep -qF -- "$1" "$work/out" "$work/err" || { echo "smoke: the last command did not say '$1'" >&2; cat "$work/out" "$work/err" >&2; exit 1; }; }

expect 0 ./assay --version
expect 0 ./assay --help
says train
# Exit code 1 says that something of this machine should be mended, which is not this test's matter.
./assay doctor >"$work/out" 2>"$work/err" || [[ $? -eq 1 ]]
says libtorch
echo "smoke: ok      ./assay doctor"
expect 2 ./assay trian
expect 2 ./assay train --model "$work/nowhere" --data "$work/nothing.jsonl" --output-dir "$work/model"
says nothing.jsonl

expect 0 ./assay quickstart --output-dir "$work/quickstart" --json
says '"format": "assay.quickstart/1"'
model=$work/quickstart/repaired
expect 0 ./assay inspect "$model"
# The planted shortcut is refused and named; the repaired model passes; ten labels cannot tell.
q=$work/quickstart
expect 1 ./assay gate --use best-of-n --evidence "$q/evidence-as-is" "$q/split.json" --model "$q/as-is"
says 'not ready for best-of-n: '
says 'length_accuracy_gap: '
expect 0 ./assay gate --use best-of-n --evidence "$q/evidence-repaired" "$q/split.json" --model "$model"
says 'ready for best-of-n'
expect 0 ./assay gate --verify "$model"
expect 2 ./assay gate --use monitor --evidence "$q/evidence-as-is" --model "$model"
head -n 10 "$q/split/eval.jsonl" >"$work/ten.jsonl"
for verb in eval audit; do expect 0 ./assay $verb --model "$model" --data "$work/ten.jsonl" --output-dir "$work/evidence-ten"; done
expect 3 ./assay gate --use monitor --evidence "$work/evidence-ten"
says 'cannot tell for monitor'

expect 0 ./assay eval --model "$model" --data "$q/split/eval.jsonl" --output-dir "$work/evidence" --store-reference --json
says '"accuracy"'
expect 0 ./assay compare "$q/evidence-repaired" "$q/evidence-as-is"
says 'scored by all'
expect 0 ./assay report --evidence "$q/evidence-repaired" --model "$model" --output "$work/report.html"
expect 0 ./assay score --model "$model" --input "$q/split/eval.jsonl" --output "$work/scores.jsonl" --require-gate best-of-n
[[ $(wc -l <"$work/scores.jsonl") -eq $(wc -l <"$q/split/eval.jsonl") ]]
grep -q 'chosen_percentile' "$work/scores.jsonl"
expect 1 ./assay score --model "$model" --input "$work/ten.jsonl" --output "$work/ten-scores.jsonl" --require-gate rl
expect 1 ./assay score --model "$q/as-is" --input "$work/ten.jsonl" --output "$work/ten-scores.jsonl" --require-gate

# A line that cannot be read is named by file and line; exit code 2.
printf '{"prompt": "p", "chosen": "a", "rejected": "b"}\n{"prompt": \n' >"$work/broken.jsonl"
expect 2 ./assay check --data "$work/broken.jsonl" --output-dir "$work/checked"
says broken.jsonl
