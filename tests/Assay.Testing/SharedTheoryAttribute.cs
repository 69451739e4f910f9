using System.Runtime.CompilerServices;
using Xunit;

namespace Assay.Testing;

/// <summary>
/// A theory that needs the shared inputs, see <see cref="SharedFactAttribute"/>. Its member data must yield nothing, not throw, when
/// <see cref="SharedInputs.Root"/> is null: xunit asks for the data even of skipped theories.
/// </summary>
public sealed class SharedTheoryAttribute : TheoryAttribute
{
    public SharedTheoryAttribute([CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = SharedInputs.SkipReason;
}
