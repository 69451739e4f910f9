using Xunit;

namespace Assay.Testing;

/// <summary>A theory about several processes, see <see cref="MpiFactAttribute"/>.</summary>
public sealed class MpiTheoryAttribute : TheoryAttribute
{
    /// <param name="needsShared">Whether it needs the shared inputs too.</param>
    public MpiTheoryAttribute(bool needsShared = false) => Skip = MpiRun.SkipReason ?? (needsShared ? SharedInputs.SkipReason : null);
}
