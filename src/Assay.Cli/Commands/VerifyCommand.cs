using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Assay.Cli.Evaluation;
using Assay.Cli.Outputs;
using Assay.Cli.Verification;
using Assay.Data.Records;
using Assay.Evaluation.Evidence;
using Assay.Ground.Files;
using Assay.Verifiers;

namespace Assay.Cli.Commands;

/// <summary><c>assay verify</c>: answers judged by a rule, and the rule judged by labels and attacks.</summary>
internal static class VerifyCommand
{
    private const string Examples = """
          assay verify --input solutions.jsonl --using math --output verified.jsonl                   # {"completion": …, "reference": "18"}
          assay verify --input graded.jsonl --using math --reference meta.ground_truth --attack --output-dir evidence   # its error rates, and what gets past it
          assay verify --input answers.jsonl --using json-schema --schema answer.schema.json --output verified.jsonl
          assay verify --input answers.jsonl --using pattern --pattern '[A-D]' --json
          assay verify --input samples.jsonl --using unit-tests --output verified.jsonl               # HumanEval's and MBPP's fields: completion, test, entry_point; test_list
          assay verify --input labelled.jsonl --using unit-tests --attack --output-dir evidence       # its error rates, and the programs that would get past it
          assay verify --input programs.jsonl --using unit-tests --command 'gcc -O1 -o run {file.c} && ./run' --output verified.jsonl   # tests: [{"input": …, "output": …}]
        """;

    public static Command Create()
    {
        var input = new Option<string>("--input")
        {
            Description =
                "JSON Lines, an answer each: completion (or response, answer, output, messages) and reference (or ground_truth, solution), or tests (or test with entry_point, test_list, input_output).",
            Required = true,
            HelpName = "FILE",
        };
        var rule = new Option<string>("--using")
        {
            Description =
                "The rule: math compares final answers by their value; last-number and contains are there to be compared with; think-answer wants both tags once; unit-tests runs code in a sandbox (Linux), and exit-code is there to be compared with.",
            Required = true,
        };
        rule.AcceptOnlyFromAmong(VerifierChoice.Names);
        var output = new Option<string?>("--output")
        {
            Description = "File to write: a line for each answer with verdict, score (1 or 0) and what was taken for the answer.",
            HelpName = "FILE",
        };
        var folder = new Option<string?>("--output-dir")
        {
            Description = $"Write {VerifierEvidence.FileName}, the rule's error rates and attacks, for gate and report.",
            HelpName = "DIR",
        };
        var completion = new Option<string?>("--completion")
        {
            Description = "Field with the answer; dots go into objects.",
            HelpName = "FIELD",
        };
        var reference = new Option<string?>("--reference")
        {
            Description = "Field with the right answer, bare or as a whole solution; or with the tests.",
            HelpName = "FIELD",
        };
        var label = new Option<string>("--label")
        {
            Description = "Field that says whether the answer is right (true, false): where rows have it, error rates are given.",
            DefaultValueFactory = _ => "label",
            HelpName = "FIELD",
        };
        var pattern = new Option<string?>("--pattern")
        {
            Description = "Regular expression that the whole answer must match.",
            HelpName = "REGEX",
        };
        var schema = new Option<string?>("--schema") { Description = "JSON schema that the whole answer must meet.", HelpName = "FILE" };
        var attack = new Option<bool>("--attack")
        {
            Description = "Also try answers that are made to get past a verifier, on every row's reference. Exit code 1 when one does.",
        };
        var json = new Option<bool>("--json") { Description = "Print the summary as one JSON object." };
        var command = new Command(
            "verify",
            "Judge answers by a rule (final answers of mathematics, exact text, a pattern, a JSON schema, unit tests) as a reward of 1 or 0, and judge the rule: its false positives and negatives where rows are labelled, and the attacks that get past it."
        )
        {
            input,
            rule,
            output,
            folder,
            completion,
            reference,
            label,
            pattern,
            schema,
            attack,
            json,
        };
        var code = new CodeOptions(command);
        var overwrite = new OverwriteOption(command);
        command.SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(rule);
            if (parsed.GetValue(attack) && VerifierChoice.OfText.Contains(name))
                throw new UsageException($"--attack is made from right answers or tests, which --using {name} does not need");
            var verifier = VerifierChoice.Make(name, parsed.GetValue(pattern), parsed.GetValue(schema), one => code.Make(one, parsed));
            using var used = verifier as IDisposable;
            var from = parsed.GetRequiredValue(input);
            var to = parsed.GetValue(output);
            using var claim = to is null ? null : OutputClaim.File("verify", to, [from, parsed.GetValue(schema)], overwrite.Read(parsed));
            using var evidence = parsed.GetValue(folder) is { } into
                ? OutputClaim.Files("verify", into, [VerifierEvidence.FileName], [from, parsed.GetValue(schema)], overwrite.Read(parsed))
                : null;
            var rates = new VerifierRates { Verifier = parsed.GetRequiredValue(rule), Input = EvidenceInput.Of(from) };
            Run(
                rates,
                VerifiedRow.Read(from, verifier, parsed.GetValue(completion), parsed.GetValue(reference), parsed.GetValue(label)!),
                parsed.GetValue(attack) ? verifier : null,
                to
            );
            var written = ReportFile.Write(rates, parsed.GetValue(folder), VerifierEvidence.FileName);
            if (parsed.GetValue(json))
                Terminal.PrintJson(written);
            else
                Print(rates, to);
            return rates.Attacks?.Values.Any(share => share > 0) == true ? ExitCode.CheckFailed : ExitCode.Success;
        });
        return ExamplesHelp.On(command, Examples);
    }

    private static void Run(VerifierRates rates, IEnumerable<VerifiedRow> rows, IVerifier? attacked, string? output)
    {
        using var file = output is null ? null : new OutputFile(output);
        foreach (var row in rows)
        {
            rates.Add(row);
            if (attacked is not null)
                rates.Attack(attacked, row.Reference);
            if (file is not null)
                RecordFile.WriteLine(file.Stream, LineOf(row));
        }
        file?.Commit();
    }

    private static VerifiedLine LineOf(VerifiedRow row) =>
        new()
        {
            Row = row.Row,
            Id = row.Id,
            Verdict = JsonNamingPolicy.SnakeCaseLower.ConvertName(row.Found.Verdict.ToString()),
            Score = row.Found.Score,
            Extracted = row.Found.Extracted,
        };

    private static void Print(VerifierRates rates, string? output)
    {
        Console.WriteLine(
            $"{rates.Rows} answers: {rates.Verdicts[Verdict.Correct]} correct, {rates.Verdicts[Verdict.Wrong]} wrong, {rates.Verdicts[Verdict.NoAnswer]} without an answer, {rates.Verdicts[Verdict.Ambiguous]} ambiguous{(output is null ? "" : $"; written to {output}")}"
        );
        foreach (
            var (name, rate) in (ReadOnlySpan<(string, VerifierEvidence.ErrorRate?)>)
                [
                    ("false positives: wrong answers accepted", rates.FalsePositive),
                    ("false negatives: right answers not accepted", rates.FalseNegative),
                ]
        )
            if (rate is not null)
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{name} {rate.Errors} of {rate.Rows}, {rate.Rate:0.00 %} (95 % {rate.Interval.Low:0.00 %} to {rate.Interval.High:0.00 %})"
                    )
                );
        if (rates.Attacks is not { } attacks)
            return;
        ResultTable table = new("attack", "#accepted", "?");
        foreach (var (name, share) in attacks)
            table.Add(name, share.ToString("0.0 %", CultureInfo.InvariantCulture), share > 0 ? "gets past it" : "refused");
        Terminal.Print(table);
    }
}
