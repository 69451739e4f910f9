using System.Runtime.CompilerServices;
using Xunit;

namespace Assay.Testing;

/// <summary>
/// A fact that needs the shared inputs: skipped with a reason for a user without them, run (and so failing) where CI=true.
/// </summary>
public sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = SharedInputs.SkipReason;
}
