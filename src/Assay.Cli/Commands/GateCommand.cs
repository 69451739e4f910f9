using System.CommandLine;
using System.Text.Json.Nodes;
using Assay.Cli.Gates;
using Assay.Cli.Outputs;
using Assay.Evaluation.Composites;
using Assay.Evaluation.Evidence;
using Assay.Evaluation.Gates;
using Assay.Ground.Files;
using Assay.Models.Checkpoints;
using Assay.Report;

namespace Assay.Cli.Commands;

/// <summary><c>assay gate</c>: compares evidence with a policy, and says whether a model's scores may be used.</summary>
internal static class GateCommand
{
    private const string Examples = """
          assay gate --use monitor --evidence evidence
          assay gate --use rl --evidence evidence split/split.json --model my-reward-model
          assay gate --use rl --evidence evidence --trained-on their-training-pairs.parquet      # a model trained elsewhere
          assay gate --use judge --evidence votes.summary.json keys.summary.json                    # what assay judge wrote, and its probe of master keys
          assay gate --print-policy rl > policy.yaml
          assay gate --policy policy.yaml --evidence evidence --output-dir evidence --json
          assay gate --use monitor --evidence evidence --model policy --reference sft                # a policy's implicit reward
          assay gate --verify my-reward-model
          assay score --model my-reward-model --require-gate best-of-n ...
        """;

    public static Command Create()
    {
        var use = new Option<string?>("--use")
        {
            Description =
                "What the scores are to be used for, by the built-in profile: monitor, best-of-n or rl for a model; judge, process, verifier or implicit for another kind of signal.",
            HelpName = "USE",
        };
        var policy = new Option<string?>("--policy")
        {
            Description = "A policy of your own instead: YAML, see --print-policy.",
            HelpName = "FILE",
        };
        var evidence = new Option<string[]>("--evidence")
        {
            Description =
                "Folders and files of evidence: eval.json, audit.json, fresh.json, benchmark-KIND.json, split.json, report.json, what judge, verify and process eval wrote, or figures of other tools.",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "DIR_OR_FILE",
        };
        var model = new ModelOption(
            "Folder of the reward model: its fingerprint must be the evidence's. The verdict is written there (gate.json) and into its card (README.md); of a model of the hub, or of a composite (a YAML file), only to --output-dir."
        );
        var trainedOn = new Option<string[]>("--trained-on")
        {
            Description =
                "The pairs that the model was trained on, where its folder does not say (training_rows.bin, which assay train writes): no row of the evidence may be among them.",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "FILE",
        };
        var output = new Option<string?>("--output-dir") { Description = "Write gate.json to this folder.", HelpName = "DIR" };
        var print = new Option<string?>("--print-policy") { Description = "Print a built-in profile, to copy and edit.", HelpName = "USE" };
        var verify = new Option<string?>("--verify")
        {
            Description =
                "Read the gate.json of a model's folder again: seal, model, and the evidence that is still there. Exit code 1 when something differs.",
            HelpName = "DIR",
        };
        var json = new Option<bool>("--json") { Description = "Print the verdict as one JSON object." };
        var command = new Command(
            "gate",
            "Decide whether a reward model may be used: ready (exit code 0), not ready (1) or cannot tell (3), each with the check that said so."
        )
        {
            use,
            policy,
            evidence,
            model,
            model.Revision,
            trainedOn,
            output,
            print,
            verify,
            json,
        };
        var reference = new ReferenceOptions(command);
        var overwrite = new OverwriteOption(command);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(print) is { } printed)
            {
                Terminal.PrintAsIs(GatePolicy.BuiltInText(printed).TrimEnd());
                return ExitCode.Success;
            }
            var shape = parsed.GetValue(json) ? Shape.Json : Shape.Table;
            if (parsed.GetValue(verify) is { } folder)
                return Verify(FromHub.Model(folder), reference.Fingerprint(folder, parsed), shape);
            var (wanted, file) = (parsed.GetValue(use), parsed.GetValue(policy));
            if (wanted is null == file is null)
                throw new UsageException($"gate wants --use {string.Join('|', GatePolicy.BuiltInNames)} or --policy FILE, one of the two");
            if (parsed.GetValue(evidence) is not { Length: > 0 } paths)
                throw new UsageException(
                    "gate wants evidence: --evidence DIR, the folder that assay eval, audit and fresh wrote to with --output-dir"
                );
            using var claim = parsed.GetValue(output) is { } to
                ? OutputClaim.Files("gate", to, [GateEvidence.FileName], [.. paths, file], overwrite.Read(parsed))
                : null;
            return Decide(
                file is null ? GatePolicy.BuiltIn(wanted!) : GatePolicy.Read(file),
                paths,
                model.Read(parsed),
                reference.Fingerprint(model.Given(parsed), parsed),
                parsed.GetValue(trainedOn) ?? [],
                parsed.GetValue(output),
                shape,
                TimeProvider.System
            );
        });
        return ExamplesHelp.On(command, Examples);
    }

    private enum Shape
    {
        Table,
        Json,
    }

    private static int Decide(
        GatePolicy policy,
        IReadOnlyList<string> paths,
        string? model,
        Func<string, string> fingerprintOf,
        string[] trainedOn,
        string? output,
        Shape shape,
        TimeProvider clock
    )
    {
        var own = model is null ? null : PlaceOf(model, output);
        var given = trainedOn.Length > 0 ? TrainingRows.OfFiles(trainedOn) : null;
        var sources = GateSources.Read(paths, given);
        if (model is not null)
        {
            DemandSame(model, fingerprintOf(model), sources);
            // The evidence names the folder as it was then; this is the one that was compared.
            if (given is null)
                sources = sources.WithTraining(TrainingRows.Of(model, sources.Subject.TrainedFingerprint));
        }
        var gate = Gate.Decide(policy, sources, clock);
        if (own is not null)
            OwnFormat.Demand(Path.Combine(own, GateEvidence.FileName), "assay.gate/");
        if (output is not null)
            EvidenceFile.Write(Path.Combine(output, GateEvidence.FileName), gate);
        if (own is not null)
        {
            var card = Path.GetFullPath(Path.Combine(own, ModelFolderNames.Card));
            var text = GateCard.Put(card, File.Exists(card) ? File.ReadAllText(card) : null, gate);
            EvidenceFile.Write(Path.Combine(own, GateEvidence.FileName), gate);
            OutputFile.WriteAllText(card, text);
        }
        if (shape == Shape.Json)
            Terminal.PrintAsIs(EvidenceFile.ToJson(gate));
        else
        {
            GateTable.Print(gate);
            foreach (var place in new[] { output, own }.OfType<string>())
                Console.WriteLine($"Written to {Path.Combine(place, GateEvidence.FileName)}{(place == output ? "" : " and README.md")}");
        }
        return CodeOf(gate.Verdict);
    }

    /// <summary>The model's own folder; null for what has none, whose verdict goes to <c>--output-dir</c> alone.</summary>
    private static string? PlaceOf(string model, string? output)
    {
        if (CompositeFile.Is(model))
            return output is not null
                ? null
                : throw new UsageException($"{model} is a composite, which has no folder of its own: add --output-dir DIR for the verdict");
        if (output is null)
            ModelFolder.DemandOwn(model, GateEvidence.FileName, "add --output-dir DIR for the verdict, or ");
        return HubSnapshot.Of(ModelFolder.Of(model)) is not null ? null : ModelFolder.Of(model);
    }

    /// <summary>A verdict goes into a model's folder only when all of its evidence says that it is of this model.</summary>
    private static void DemandSame(string path, string fingerprint, GateSources sources)
    {
        if (sources.Unnamed.Count > 0)
            throw new UsageException(
                $"{sources.Unnamed[0]} does not say which model it is of: give it a \"subject\" with the model's fingerprint, or leave --model out"
            );
        if (sources.Subject.Fingerprint == fingerprint)
            return;
        throw new UsageException(
            sources.Subject.Kind == SubjectKind.None
                ? "the evidence names no model: a split or a check alone says nothing of one"
                : $"the evidence is of {sources.Subject.Name} ({sources.Subject.Fingerprint}), and {path} is {fingerprint}: judge this model, with its own chat template, or name the one that was judged{(sources.Subject.Implicit is { } of ? $" (an implicit reward: --reference {of.Reference})" : "")}"
        );
    }

    private static int Verify(string folder, Func<string, string> fingerprintOf, Shape shape)
    {
        var fingerprint = CheckpointFolder.IsModel(folder) ? fingerprintOf(folder) : null;
        var found = GateRecord.Verify(folder, fingerprint);
        var holds = found.Faults.Count == 0;
        var use = $"{GateRecord.Word(found.Gate.Verdict)} for {found.Gate.Use}, {found.Gate.Time}";
        if (shape == Shape.Json)
        {
            Terminal.PrintJson(
                new JsonObject
                {
                    ["format"] = "assay.gate_verification/1",
                    ["holds"] = holds,
                    ["verdict"] = use,
                    ["model_compared"] = fingerprint is not null,
                    ["faults"] = Texts(found.Faults),
                    ["same"] = Texts(found.Same),
                    ["missing"] = Texts(found.Missing),
                }
            );
        }
        else
        {
            Console.WriteLine($"{Paint.ForOutput().Verdict(holds ? "holds" : "does not hold")}: {use}");
            foreach (var fault in found.Faults)
                Console.WriteLine($"! {fault}");
            Console.WriteLine(
                $"seal {(found.IsSealed ? "intact" : "broken")}, model {(fingerprint is null ? "not there to compare" : "compared")}, {found.Same.Count} files as they were{(found.Missing.Count > 0 ? $", not there: {string.Join(", ", found.Missing)}" : "")}"
            );
        }
        return holds ? ExitCode.Success : ExitCode.CheckFailed;

        static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);
    }

    private static int CodeOf(GateVerdict verdict) =>
        verdict switch
        {
            GateVerdict.Ready => ExitCode.Success,
            GateVerdict.NotReady => ExitCode.CheckFailed,
            _ => ExitCode.CannotTell,
        };
}
