using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Assay.Cli.Serving;
using Assay.Evaluation;
using Assay.Evaluation.Endpoints;

namespace Assay.Cli.Commands;

/// <summary><c>assay verify-endpoint</c>: does another server score as our model does.</summary>
internal static class VerifyEndpointCommand
{
    private const string Examples = """
          assay verify-endpoint http://127.0.0.1:8000 --model my-reward-model                       # built-in conversations, dialect guessed
          assay verify-endpoint http://127.0.0.1:8000 --model my-reward-model --dialect vllm-classify --endpoint-model my/rm
          assay verify-endpoint https://rm.example.org --model my-reward-model --data pairs.jsonl --api-key-env RM_KEY --json
        """;

    public static Command Create()
    {
        var url = new Argument<string>("URL")
        {
            Description = "The server, such as http://127.0.0.1:8000. A path in it stands in place of the dialect's.",
        };
        var model = new ModelOption("Folder of the reward model that the server should score as.", DataOption.Need.Required);
        var data = new DataOption(
            "Pairs, answers or conversations to compare on, in place of the built-in ones:",
            DataOption.Need.Optional
        );
        var sample = new Option<int>("--sample")
        {
            Description = "Conversations of --data to compare on, the first ones.",
            DefaultValueFactory = _ => 256,
            HelpName = "N",
        };
        var dialect = new Option<string?>("--dialect")
        {
            Description = "How the server is asked; the first that it answers, where none is named.",
            HelpName = "NAME",
        };
        dialect.AcceptOnlyFromAmong([.. EndpointDialect.All.Select(one => one.Name)]);
        var name = new Option<string?>("--endpoint-model")
        {
            Description = "The model's name there. [default: the first of its /v1/models]",
            HelpName = "NAME",
        };
        var key = new Option<string?>("--api-key-env")
        {
            Description = "Environment variable that holds the server's key.",
            HelpName = "VAR",
        };
        var tolerance = new Option<double>("--tolerance")
        {
            Description =
                "Largest difference of two scores that counts as the same, as a share of the standard deviation of ours; a server in bf16 wants about 0.05.",
            DefaultValueFactory = _ => EndpointCheck.UsualTolerance,
            HelpName = "SHARE",
        };
        var template = new ChatTemplateOption();
        var json = new Option<bool>("--json") { Description = "Print the report as one JSON object." };
        var command = new Command(
            "verify-endpoint",
            "Ask another reward server (vLLM, SGLang, TEI, OpenRLHF, LLaMA-Factory, slime, assay) for scores and say whether they are this model's: rank agreement, scale and order, the activation guessed, normalised and wrong-width vectors named. Exit code 0 the same, 1 not, 3 cannot tell."
        )
        {
            url,
            model,
            model.Revision,
            data,
            sample,
            dialect,
            name,
            key,
            tolerance,
            template,
            json,
        };
        var fields = new FieldOptions(command);
        var placement = new ModelOptions(command);
        command.SetAction(
            (parsed, cancellationToken) =>
            {
                var given = parsed.GetRequiredValue(url);
                if (!Uri.TryCreate(given, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
                    throw new UsageException($"{given} is no address; wanted one such as http://127.0.0.1:8000");
                var share = parsed.GetValue(tolerance);
                if (!(share > 0 && share <= 1))
                    throw new UsageException(
                        $"--tolerance {share.ToString(CultureInfo.InvariantCulture)}: wanted a share above 0, at most 1"
                    );
                if (parsed.GetValue(sample) < EndpointCheck.FewestConversations)
                    throw new UsageException($"--sample {parsed.GetValue(sample)}: wanted {EndpointCheck.FewestConversations} or more");
                if (parsed.GetValue<string?>("--reference") is not null)
                    throw new UsageException("--reference is of an implicit reward, which no reward server gives");
                var secret =
                    parsed.GetValue(key) is not { } variable ? null
                    : Environment.GetEnvironmentVariable(variable) is { Length: > 0 } found ? found
                    : throw new UsageException($"--api-key-env: the environment variable {variable} is not set");
                var files = data.Files(parsed);
                var path = model.Read(parsed)!;
                var named = parsed.GetValue(dialect) is { } word ? EndpointDialect.All.Single(one => one.Name == word) : null;
                EndpointItems items;
                string fingerprint;
                using (var loaded = LoadedModel.Load(path, parsed.GetValue(template), placement: placement.Read(parsed)))
                {
                    fingerprint = loaded.FingerprintOf(path);
                    items = EndpointItems.Of(loaded, files, fields.Read(parsed), parsed.GetValue(sample), cancellationToken);
                }
                using var client = new EndpointClient(address, secret);
                var report = new EndpointCheck(client, items.All, share).Run(
                    fingerprint,
                    named,
                    parsed.GetValue(name),
                    items.Refused,
                    cancellationToken
                );
                if (parsed.GetValue(json))
                    Terminal.PrintJson(JsonSerializer.SerializeToNode(report, EvaluationJson.Options)!);
                else
                    Print(report);
                return Task.FromResult(
                    report.Verdict switch
                    {
                        EndpointVerdict.Same => ExitCode.Success,
                        EndpointVerdict.Differs => ExitCode.CheckFailed,
                        _ => ExitCode.CannotTell,
                    }
                );
            }
        );
        return ExamplesHelp.On(command, Examples);
    }

    private static void Print(EndpointReport report)
    {
        Console.WriteLine(
            $"{report.Endpoint}: {report.Verdict switch { EndpointVerdict.Same => "scores as the model does", EndpointVerdict.Differs => "does not score as the model does", _ => "cannot tell" }}"
        );
        if (report.Dialect is { } dialect)
            Console.WriteLine(
                $"asked as {dialect}{(report.ServedModel is { } served ? $" for {served}" : "")}; {report.Conversations} conversations compared"
            );
        foreach (var finding in report.Findings)
            Console.WriteLine($"{finding.Code}: {finding.Text}");
        foreach ((var name, var said) in report.Dialect is null ? report.Tried : new Dictionary<string, string>())
            Console.WriteLine($"  {name}: {said}");
        if (double.IsNaN(report.LargestDifference))
            return;
        ResultTable table = new("figure", "#value", "~what");
        table.Add("Kendall", Terminal.Figure(report.Kendall), "rank agreement, 1 where the order is ours");
        table.Add("Spearman", Terminal.Figure(report.Spearman));
        if (report.Pairs > 0)
            table.Add("pairs", $"{report.PairsInOurOrder}/{report.Pairs}", "answers to one prompt that it orders as we do");
        table.Add(
            "difference",
            Terminal.Figure(report.LargestDifference),
            string.Create(
                CultureInfo.InvariantCulture,
                $"the largest; {report.Tolerance * report.Spread:0.0000} are allowed, our scores spread by {report.Spread:0.0000}"
            )
        );
        table.Add(
            "activation",
            report.Activation.Name,
            double.IsNaN(report.Activation.Slope)
                ? ""
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{report.Activation.Slope:0.###} of ours {report.Activation.Offset:+0.###;-0.###;+0}, r² {report.Activation.RSquared:0.0000}"
                )
        );
        if (!double.IsNaN(report.LargestBatchDifference))
            table.Add("in one request", Terminal.Figure(report.LargestBatchDifference), "largest change against each alone");
        foreach (var form in report.Forms.Skip(1))
            table.Add(
                $"by {form.Form.ToString().ToLowerInvariant()}",
                Terminal.Figure(form.LargestDifference),
                form.Instead ?? "largest difference when asked so"
            );
        Terminal.Print(table);
    }
}
