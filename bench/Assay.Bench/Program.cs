// Benchmarks, each a ratio within one run. Usage: ./run bench NAME [ARGUMENTS]
using Assay.Bench;

(string Name, string What, Func<string[], int> Run)[] benchmarks =
[
    ("parity", "every recorded case of the model families measured again: parity [FILE], docs/parity.md by default", Parity.Run),
    ("gemm", "the products of a training step against a large product", GemmBenchmark.Run),
    ("step", "whole training steps of a real model's shape: step [smollm2|minilm] [STEPS]", StepBenchmark.Run),
    ("train", "training on real text: train [minilm|smollm2] [PAIRS] [--bf16] [--gradient-checkpointing]", ModelBenchmark.Train),
    ("score", "scoring pairs of real text: score [minilm|smollm2] [PAIRS] [--bf16]", ModelBenchmark.Score),
    ("best-of-16", "scoring sixteen answers to each prompt: best-of-16 [minilm|smollm2] [PROMPTS] [--bf16]", ModelBenchmark.BestOf16),
    ("bf16", "what bf16 costs, over five seeds, into its section of docs/parity.md: bf16 [UPDATES] [FILE]", Bf16Benchmark.Run),
    (
        "serve",
        "the scoring server saturated and at half load, every answer checked: serve [minilm|smollm2|tiny] [MINUTES]",
        ServeBenchmark.Run
    ),
    ("tokenizers", "the real tokenizers on a document of 200 kB: tokenizers [NAME …]", TokenizerBenchmark.Run),
    ("check", "assay check against merely parsing the same JSON: check [ROWS], check generate FILE ROWS", CheckBenchmark.Run),
    ("scale", "check and split on a large file, with their peak memory: scale [ROWS] [DIR]", ScaleBenchmark.Run),
];

foreach (var (name, _, run) in benchmarks)
{
    if (args is [var wanted, .. var rest] && wanted == name)
    {
        return run(rest);
    }
}

// Asked for, the list is the result; else it is the remark on a wrong name.
var isHelp = args is [] or ["help" or "--help" or "-h"];
var to = isHelp ? Console.Out : Console.Error;
if (!isHelp)
    to.WriteLine($"bench: there is no benchmark '{args[0]}'");
to.WriteLine("usage: ./run bench NAME");
foreach (var (name, what, _) in benchmarks)
{
    to.WriteLine($"  {name, -10} {what}");
}

return isHelp ? 0 : 2;
