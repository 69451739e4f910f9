using Xunit;

namespace Assay.Testing;

/// <summary>
/// A fact that needs the shared inputs: skipped with a reason for a user without them, run (and so failing) where CI=true.
/// </summary>
public sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute() => Skip = SharedInputs.SkipReason;
}
