using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Assay.Judges;

namespace Assay.Cli.Commands;

/// <summary><c>assay judge prompts</c>: the prompts that are shipped, as a list or one to begin from.</summary>
internal static class JudgePromptsCommand
{
    private const string Examples = """
          assay judge prompts                                    # what there is
          assay judge prompts mt-bench-pair > mine.yaml           # one of them, to be changed and given as --prompt mine.yaml
        """;

    public static Command Create()
    {
        var name = new Argument<string?>("NAME")
        {
            Description = "Print this prompt's file; without it, list all.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var json = new Option<bool>("--json") { Description = "Print the list as JSON." };
        var command = new Command("prompts", "List the judge prompts that are shipped, or print one.") { name, json };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(name) is { } asked)
            {
                if (!JudgePrompt.ShippedNames.Contains(asked))
                    throw new UsageException(
                        $"no prompt '{asked}' is shipped{Data.NearestName.Suggest(asked, JudgePrompt.ShippedNames)}; there are {string.Join(", ", JudgePrompt.ShippedNames)}"
                    );
                Terminal.PrintAsIs(JudgePrompt.Shipped(asked).Source.TrimEnd('\n'));
                return ExitCode.Success;
            }
            JudgePrompt[] prompts = [.. JudgePrompt.ShippedNames.Select(JudgePrompt.Shipped)];
            if (parsed.GetValue(json))
            {
                Terminal.PrintJson(
                    new JsonObject
                    {
                        ["format"] = "assay.judge_prompts/1",
                        ["prompts"] = new JsonArray([
                            .. prompts.Select(prompt => new JsonObject
                            {
                                ["name"] = prompt.Name,
                                ["mode"] = ModeName(prompt.Mode),
                                ["description"] = prompt.Description,
                            }),
                        ]),
                    }
                );
                return ExitCode.Success;
            }
            ResultTable table = new("prompt", "mode", "~what");
            foreach (var prompt in prompts)
                table.Add(prompt.Name, ModeName(prompt.Mode), prompt.Description);
            Terminal.Print(table);
            return ExitCode.Success;
        });
        return ExamplesHelp.On(command, Examples);
    }

    /// <summary>A mode as files and results name it.</summary>
    internal static string ModeName(JudgeMode mode) => JsonNamingPolicy.SnakeCaseLower.ConvertName(mode.ToString());
}
