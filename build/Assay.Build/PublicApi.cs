namespace Assay.Build;

/// <summary>What the packages offer (<c>docs/api</c>), written by the test that compares it.</summary>
internal static class PublicApi
{
    /// <summary>Writes the folder anew.</summary>
    public static int Write()
    {
        Environment.SetEnvironmentVariable("ASSAY_WRITE_API", "1");
        return Shell.Run(
            "dotnet",
            [
                "test",
                "tests/Assay.Cli.Tests",
                "-c",
                Solution.Configuration,
                "--nologo",
                "-v",
                "quiet",
                "--filter",
                "FullyQualifiedName~PublicApiTests",
            ]
        );
    }
}
