namespace Assay.Build;

/// <summary>
/// Sees to it that the browser tests find a Chromium: the one that is there, else the distribution's is installed (Debian, Ubuntu; as root
/// or with sudo). CI tests with <c>ASSAY_NEEDS_BROWSER=1</c>, under which a missing browser fails the tests instead of skipping them.
/// </summary>
internal static class Browser
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"];

    private static readonly string[] Places =
    [
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe",
        @"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    ];

    /// <summary>The browser's program; null, with a reason on standard error, where there is none and none can be installed.</summary>
    public static string? Require()
    {
        if (Find() is { } found)
            return Told(found);
        if (!Apt.IsPossible)
        {
            Console.Error.WriteLine(
                "browser: no Chromium here, and no rights or no apt-get to install one: install chromium with your package manager, or set ASSAY_CHROMIUM to one"
            );
            return null;
        }

        Apt.Install("chromium");
        return Find() is { } installed ? Told(installed) : throw new StepException("chromium was installed, but is not on the path");
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("ASSAY_CHROMIUM") is { Length: > 0 } given)
            return File.Exists(given) ? given : null;
        return Names.Select(Apt.OnPath).FirstOrDefault(path => path is not null) ?? Places.FirstOrDefault(File.Exists);
    }

    private static string Told(string path)
    {
        Console.Error.WriteLine($"browser: {path}");
        return path;
    }
}
