using System.Runtime.CompilerServices;
using Xunit;

namespace Assay.Testing;

/// <summary>
/// A fact about several processes: skipped with a reason where no <c>mpirun</c> is installed, unless <c>ASSAY_NEEDS_MPI=1</c> says that one
/// must be, as in CI (<c>./run mpi</c> installs it).
/// </summary>
public sealed class MpiFactAttribute : FactAttribute
{
    /// <param name="needsShared">Whether it needs the shared inputs too.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public MpiFactAttribute(bool needsShared = false, [CallerFilePath] string? file = null, [CallerLineNumber] int line = -1)
        : base(file, line) => Skip = MpiRun.SkipReason ?? (needsShared ? SharedInputs.SkipReason : null);
}
