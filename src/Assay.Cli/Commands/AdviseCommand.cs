using System.CommandLine;
using System.Text.Json;
using Assay.Cli.Advice;
using Assay.Evaluation;
using Assay.Evaluation.Advice;

namespace Assay.Cli.Commands;

/// <summary><c>assay advise</c>: which kind of signal to use, from what the data has and what is asked for.</summary>
internal static class AdviseCommand
{
    private const string Examples = """
          assay advise --data pairs.jsonl                                # pairs, votes, lengths
          assay advise --data pairs.jsonl solutions.jsonl --use rl --per-step
          assay advise --data graded.jsonl --use best-of-n --max-latency 50 --json
          assay advise --data pairs.jsonl --use policy                   # a trained policy, and no scores
        """;

    public static Command Create()
    {
        var data = new DataOption("What there is to train on and to judge by:", DataOption.Need.Required);
        var use = new Option<string>("--use")
        {
            Description =
                "What the signal is for: monitor, best-of-n, rl (a policy is optimised against it), or policy (a trained policy and no scores).",
            DefaultValueFactory = _ => "best-of-n",
            HelpName = "USE",
        };
        use.AcceptOnlyFromAmong("monitor", "best-of-n", "rl", "policy");
        var steps = new Option<bool>("--per-step") { Description = "Credit must go to single steps of a solution." };
        var verifiable = new Option<bool>("--verifiable")
        {
            Description = "Right answers can be told by a rule (mathematics, a schema), though the data has no references.",
        };
        var latency = new Option<double?>("--max-latency")
        {
            Description = "Most milliseconds that the reward of an answer may take.",
            HelpName = "MS",
        };
        var json = new Option<bool>("--json") { Description = "Print facts, needs and sentences as one JSON object." };
        var command = new Command(
            "advise",
            "Which signal to use (DPO, scalar model, judge, process reward model, verifier): from what the data has (pairs, votes, lengths, labelled steps, references) and what is asked for. Each sentence has the evidence it rests on and the source of its rule. Exit code 3 when it cannot tell."
        )
        {
            data,
            use,
            steps,
            verifiable,
            latency,
            json,
        };
        var fields = new FieldOptions(command);
        command.SetAction(
            (parsed, stop) =>
            {
                var report = Advisor.Of(
                    FactReader.Read(data.Files(parsed), fields.Read(parsed), stop),
                    new AdviceNeeds
                    {
                        Use = parsed.GetValue(use)!,
                        PerStep = parsed.GetValue(steps),
                        Verifiable = parsed.GetValue(verifiable),
                        MaxLatency = parsed.GetValue(latency),
                    }
                );
                if (parsed.GetValue(json))
                    Terminal.PrintJson(JsonSerializer.SerializeToNode(report, EvaluationJson.Options)!);
                else
                    Print(report);
                return Task.FromResult(report.Recommended is null ? ExitCode.CannotTell : ExitCode.Success);
            }
        );
        return ExamplesHelp.On(command, Examples);
    }

    private static void Print(AdviceReport report)
    {
        Console.WriteLine(
            report.Recommended is { } signal ? $"Use: {Name(signal)}." : "Cannot tell: what there is supports no signal for this use."
        );
        foreach (var sentence in report.Sentences.OrderBy(sentence => Array.IndexOf(["use", "first", "beside", "not"], sentence.Says)))
        {
            Console.WriteLine();
            Console.WriteLine(
                $"{sentence.Says switch { "use" => "use", "beside" => "beside", "first" => "before", _ => "not" }}, {Name(sentence.Signal)}: {sentence.Text}"
            );
            Console.WriteLine($"  evidence: {sentence.Evidence}");
            Console.WriteLine($"  rule: {sentence.Source}");
        }
    }

    private static string Name(string signal) =>
        signal switch
        {
            "scalar" => "a scalar reward model",
            "dpo" => "DPO",
            "judge" => "a judge",
            "process" => "a process reward model",
            "verifier" => "a verifier",
            _ => "the data",
        };
}
