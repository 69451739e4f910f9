using System.Runtime.CompilerServices;
using Xunit;

namespace Assay.Testing;

/// <summary>A theory about several processes, see <see cref="MpiFactAttribute"/>.</summary>
public sealed class MpiTheoryAttribute : TheoryAttribute
{
    /// <param name="needsShared">Whether it needs the shared inputs too.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public MpiTheoryAttribute(bool needsShared = false, [CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = MpiRun.SkipReason ?? (needsShared ? SharedInputs.SkipReason : null);
}
