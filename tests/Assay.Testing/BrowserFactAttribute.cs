using System.Runtime.CompilerServices;
using Xunit;

namespace Assay.Testing;

/// <summary>
/// A fact that is looked up in a browser: skipped with a reason where none is installed, unless <c>ASSAY_NEEDS_BROWSER=1</c> says that one
/// must be, as in CI (<c>./run browser</c> installs it).
/// </summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) =>
        Skip =
            HeadlessBrowser.Program is null && Environment.GetEnvironmentVariable("ASSAY_NEEDS_BROWSER") != "1"
                ? "no Chromium found on the path: run ./run browser, or set ASSAY_CHROMIUM to one"
                : null;
}
