using Xunit;

namespace Assay.Testing;

/// <summary>
/// A fact about several processes: skipped with a reason where no <c>mpirun</c> is installed, unless <c>ASSAY_NEEDS_MPI=1</c> says that one
/// must be, as in CI (<c>./run mpi</c> installs it).
/// </summary>
public sealed class MpiFactAttribute : FactAttribute
{
    /// <param name="needsShared">Whether it needs the shared inputs too.</param>
    public MpiFactAttribute(bool needsShared = false) => Skip = MpiRun.SkipReason ?? (needsShared ? SharedInputs.SkipReason : null);
}
