namespace Assay.Build;

/// <summary>Builds and formats everything.</summary>
internal static class Solution
{
    public const string Configuration = "Release";

    public static int Build()
    {
        Shell.Say($"building ({Configuration})");
        return Shell.RunOnErrors(
            "dotnet",
            ["build", "Assay.slnx", "-c", Configuration, "-v", "quiet", "-tl:off", "-clp:NoSummary;ErrorsOnly"]
        );
    }

    /// <summary>
    /// Layout is CSharpier's. Checked here is what it leaves long (comments), the width of tables, and that tests can fail. Rules of style
    /// fail the build.
    /// </summary>
    public static int Format(bool fix)
    {
        Shell.Say(fix ? "formatting" : "checking the format");
        var restored = Shell.RunOnErrors("dotnet", ["tool", "restore", "--verbosity", "quiet"]);
        if (restored != 0)
        {
            Console.Error.WriteLine("run: CSharpier could not be restored from NuGet (see above): it wants a network the first time");
            return restored;
        }
        var laidOut = Shell.RunOnErrors("dotnet", ["csharpier", fix ? "format" : "check", "."]);
        return laidOut != 0 ? laidOut : LineLengths.Check(Shell.Root) | TableWidths.Check(Shell.Root) | Assertions.Check(Shell.Root);
    }
}
