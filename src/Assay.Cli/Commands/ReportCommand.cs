using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Assay.Cli.Evaluation;
using Assay.Cli.Outputs;
using Assay.Cli.Reports;
using Assay.Evaluation.Evidence;
using Assay.Ground.Files;
using Assay.Models.Checkpoints;
using Assay.Report;

namespace Assay.Cli.Commands;

/// <summary><c>assay report</c>: all evidence of one model as one HTML file that can be mailed, printed and read on a phone.</summary>
internal static class ReportCommand
{
    private const string Examples = """
          assay report my-reward-model                                                  # the run alone: its curves, in my-reward-model/report.html
          assay report my-reward-model --evidence evidence --probe my-probe --output report.html
          assay report --evidence evidence --output report.html
          assay report --evidence evidence --model my-reward-model --output report.html
          assay report --evidence evidence split/split.json checked/report.json --model my-reward-model --output report.html
          assay report --evidence eval.json audit.json --output report.html --json
          assay report --as huggingface --evidence evidence --output my-reward-model    # model-index in its card, .eval_results/
          assay report --as inspect --evidence evidence --output logs                   # inspect view --log-dir logs
          assay report --as mlflow --evidence evidence --model my-reward-model --output mlruns
          assay report --as mlflow --evidence evidence --output http://127.0.0.1:5000
          assay report --as croissant --evidence split --output split/croissant.json
        """;

    public static Command Create()
    {
        var evidence = new Option<string[]>("--evidence")
        {
            Description =
                "Evidence files, or folders of them: what eval, audit, fresh, benchmark, compare and gate wrote with --output-dir, a split.json, the report.json of check.",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "DIR_OR_FILE",
        };
        var model = new ModelOption("The model's folder: adds training data and curves. It must be the model that was judged.");
        var run = new Argument<string?>("RUN")
        {
            Description = "The folder of a run, as --model: its curves are drawn without any evidence too.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var probe = new Option<string?>("--probe")
        {
            Description = "A linear probe (train --head-only) as the baseline beside the model: its evidence of assay eval, or its run.",
            HelpName = "DIR",
        };
        var output = new Option<string?>("--output")
        {
            Description =
                "HTML file to write; it needs no network and no script. Without it report.html in RUN. With --as: the folder (huggingface, inspect, mlflow), the tracking server's address (mlflow), or the file (croissant).",
            HelpName = "FILE_OR_DIR",
        };
        var format = new Option<string>("--as")
        {
            Description = $"What to write: {string.Join(", ", ReportExport.Formats)}.",
            DefaultValueFactory = _ => ReportExport.Formats[0],
            HelpName = "FORMAT",
        };
        var json = new Option<bool>("--json") { Description = "Print which sections are there and which are missing as one JSON object." };
        var command = new Command(
            "report",
            "Draw all that is known of a reward model as one HTML page: the gate's verdict, data, training, accuracy, calibration, audits, mistakes, benchmarks, comparison. What is missing is said to be missing."
        )
        {
            run,
            evidence,
            model,
            model.Revision,
            probe,
            output,
            format,
            json,
        };
        var reference = new ReferenceOptions(command);
        var overwrite = new OverwriteOption(command);
        command.SetAction(
            (parsed, cancellation) =>
            {
                var wanted = parsed.GetRequiredValue(format);
                var named = parsed.GetValue(evidence) ?? [];
                var folder = parsed.GetValue(run);
                if (folder is not null && model.Given(parsed) is not null)
                    throw new UsageException("RUN and --model both name the model's folder: give one of them");
                if (folder is null && named.Length == 0)
                    throw new UsageException("report wants --evidence DIR_OR_FILE, or the folder of a run");
                var to =
                    parsed.GetValue(output)
                    ?? (
                        folder is not null && wanted == ReportExport.Formats[0]
                            ? Path.Combine(folder, "report.html")
                            : throw new UsageException("report wants --output, the file or folder to write")
                    );
                if (named.Length == 0 && wanted != ReportExport.Formats[0])
                    throw new UsageException($"--as {wanted} wants --evidence DIR_OR_FILE");
                if (!ReportExport.Formats.Contains(wanted))
                    throw new UsageException($"--as {wanted} is not known; one of {string.Join(", ", ReportExport.Formats)} was wanted");
                var fingerprintOf = reference.Fingerprint(folder ?? model.Given(parsed), parsed);
                if (wanted != ReportExport.Formats[0])
                    return Export(wanted, named, folder ?? model.Read(parsed), to, parsed.GetValue(json), cancellation);
                using var claim = OutputClaim.File(
                    "report",
                    to,
                    [.. Files(named), model.Given(parsed) is { } read ? ModelFolder.Of(read) : null],
                    overwrite.Read(parsed)
                );
                return Task.FromResult(
                    Run(named, folder ?? model.Read(parsed), fingerprintOf, parsed.GetValue(probe), to, parsed.GetValue(json))
                );
            }
        );
        return ExamplesHelp.On(command, Examples);
    }

    private static async Task<int> Export(
        string format,
        IReadOnlyList<string> evidence,
        string? model,
        string output,
        bool json,
        CancellationToken cancellation
    )
    {
        var written = await ReportExport.Write(format, evidence, model, output, TimeProvider.System.GetUtcNow(), cancellation);
        if (json)
            Terminal.PrintJson(
                new JsonObject
                {
                    ["format"] = "assay.report/1",
                    ["as"] = format,
                    ["written"] = new JsonArray([.. written.Select(path => (JsonNode)path)]),
                }
            );
        else
            foreach (var path in written)
                Console.WriteLine(path);
        return ExitCode.Success;
    }

    /// <summary>The files of the evidence: what lies in its folders is read and may not be written over.</summary>
    private static IEnumerable<string> Files(IEnumerable<string> evidence) =>
        evidence.SelectMany(path => Directory.Exists(path) ? Directory.EnumerateFiles(path, "*.json*") : [path]);

    private static int Run(
        IReadOnlyList<string> evidence,
        string? model,
        Func<string, string> fingerprintOf,
        string? probe,
        string output,
        bool json
    )
    {
        var set = EvidenceSet.Read(evidence);
        if (model is not null)
            set = set.WithVerdictOf(ModelFolder.Of(model));
        var training = model is null ? null : TrainingRecord.Read(model);
        // The page must not miss a proof that was named.
        if (training is not null && set.Split is { } split)
            training = training with { Split = split };
        var story = new ModelStory
        {
            Evidence = set,
            Training = training,
            Probe = probe is null ? null : BaselineProbe.Read(probe, set.Of<EvalEvidence>(), training),
            Remarks = model is not null && set.Subject is { } subject && Doubt(model, subject, fingerprintOf) is { } doubt ? [doubt] : [],
            ProbeExamples = ProbeExample.Of(set),
            MadeBy = ReportFile.MadeBy,
            Time = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
        };
        string path = Path.GetFullPath(output),
            page = ModelPage.Render(story);
        OutputFile.WriteAllText(path, page);
        foreach (var remark in set.Doubts().Concat(set.Mismatches()).Concat(story.Remarks))
            Terminal.Note($"assay: {remark}");
        var sections = ModelPage.Contents(story);
        if (json)
        {
            Terminal.PrintJson(
                new JsonObject
                {
                    ["format"] = "assay.report/1",
                    ["output"] = output,
                    ["sections"] = new JsonObject([
                        .. sections.Select(section =>
                            KeyValuePair.Create(section.Id, (JsonNode?)(section.IsPresent ? "present" : "missing"))
                        ),
                    ]),
                }
            );
            return ExitCode.Success;
        }
        Console.WriteLine(
            $"{output}: {Encoding.UTF8.GetByteCount(page) / 1000} kB, {string.Join(", ", sections.Where(section => section.IsPresent).Select(section => section.Id))}"
        );
        if (sections.Any(section => !section.IsPresent))
            Console.WriteLine(
                $"missing, with what makes it on the page: {string.Join(", ", sections.Where(section => !section.IsPresent).Select(section => section.Id))}"
            );
        return ExitCode.Success;
    }

    /// <summary>What speaks against the folder being the judged model's, or null.</summary>
    /// <exception cref="UsageException">It is another model's.</exception>
    private static string? Doubt(string folder, EvidenceSubject subject, Func<string, string> fingerprintOf)
    {
        if (subject.Kind == SubjectKind.Scores)
            return $"the scores were made elsewhere: that they are of the model in {folder}, whose training is shown, is not proven";
        if (!CheckpointFolder.IsModel(folder))
            return $"{folder} holds no model, only a training run: that it made the judged model is not proven";
        var fingerprint = fingerprintOf(folder);
        return fingerprint == subject.Fingerprint
            ? null
            : throw new UsageException(
                $"{folder} is not the model that was judged: its fingerprint is {fingerprint[..19]}…, the evidence is of {subject.Name} ({subject.Path}, {subject.Fingerprint[..Math.Min(19, subject.Fingerprint.Length)]}…); name that model's folder, or judge this one (with the chat template that it is to be used with{(subject.Implicit is { } of ? $", as an implicit reward: --reference {of.Reference}" : "")})"
            );
    }
}
