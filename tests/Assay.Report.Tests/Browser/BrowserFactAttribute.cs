namespace Assay.Report.Tests.Browser;

/// <summary>A fact that is looked up in a browser: skipped with a reason where none is installed.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute() => Skip = HeadlessBrowser.Program is null ? "no Chromium found on the path: install chromium, or set ASSAY_CHROMIUM to one" : null;
}
