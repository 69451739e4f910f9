using System.Runtime.CompilerServices;

namespace Assay.Cli.Tests;

/// <summary>No test asks the real hub: names are looked for in an empty cache, offline, unless a test says otherwise.</summary>
internal static class NoNetwork
{
    [ModuleInitializer]
    internal static void Set()
    {
        Environment.SetEnvironmentVariable("HF_HOME", Path.Combine(Path.GetTempPath(), "assay-no-hugging-face"));
        Environment.SetEnvironmentVariable("HF_HUB_OFFLINE", "1");
        foreach (var name in (string[])["HF_TOKEN", "HF_ENDPOINT", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"])
            Environment.SetEnvironmentVariable(name, null);
    }
}
