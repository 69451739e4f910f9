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

    public static int Format(bool fix)
    {
        Shell.Say(fix ? "formatting" : "checking the format");
        return Shell.RunOnErrors("dotnet", ["format", "Assay.slnx", "--no-restore", .. fix ? (string[])[] : ["--verify-no-changes"]]);
    }
}
