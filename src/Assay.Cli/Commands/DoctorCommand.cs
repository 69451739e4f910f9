using System.CommandLine;
using System.Text.Json.Nodes;
using Assay.Cli.Doctor;
using Assay.Torch;

namespace Assay.Cli.Commands;

/// <summary>
/// <c>assay doctor</c>: what was found on this machine, and for each thing that is wrong the line that mends it. Exit code 1 when something
/// is. With <c>--families</c>: which models are read, and how large they may be here.
/// </summary>
internal static class DoctorCommand
{
    private const string Examples = """
          assay doctor
          assay doctor --families
          assay doctor --families --json
        """;

    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON object instead of lines." };
        var families = new Option<bool>("--families")
        {
            Description = "Show instead which model families are read, from what, and the largest checkpoint that fits this machine.",
        };
        var command = new Command(
            "doctor",
            "Show what Assay found on this machine: engine, BLAS, threads, speed, memory, and how to mend what is wrong."
        )
        {
            families,
            json,
        };
        command.SetAction(parsed =>
            parsed.GetValue(families)
                ? PrintFamilies(new FamilyList(TorchRuntime.AvailableMemoryBytes), parsed.GetValue(json))
                : Print(Examination.Run(), parsed.GetValue(json))
        );
        return ExamplesHelp.On(command, Examples);
    }

    private static int PrintFamilies(FamilyList families, bool asJson)
    {
        if (asJson)
            Terminal.PrintJson(families.ToJson());
        else
            foreach (var line in families.Lines(Terminal.TableWidth, Paint.ForOutput()))
                Console.WriteLine(line);
        return ExitCode.Success;
    }

    private static int Print(IReadOnlyList<Fact> facts, bool asJson)
    {
        if (asJson)
        {
            var found = new JsonArray([
                .. facts.Select(fact => new JsonObject
                {
                    ["name"] = fact.Name,
                    ["value"] = fact.Value,
                    ["mend"] = fact.Mend,
                }),
            ]);
            Terminal.PrintJson(new JsonObject { ["format"] = "assay.doctor/1", ["facts"] = found });
        }
        else
        {
            var width = facts.Max(fact => fact.Name.Length);
            foreach (var fact in facts)
            {
                Console.WriteLine(
                    $"{(fact.Mend is null ? "  " : "! ")}{fact.Name.PadRight(width)}  {fact.Value.Replace("\n", "\n" + new string(' ', width + 4))}"
                );
                if (fact.Mend is not null)
                    Console.WriteLine($"  {new string(' ', width)}  mend: {fact.Mend}");
            }
        }
        return facts.Any(fact => fact.Mend is not null) ? ExitCode.CheckFailed : ExitCode.Success;
    }
}
