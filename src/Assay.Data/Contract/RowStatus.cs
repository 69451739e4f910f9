namespace Assay.Data.Contract;

/// <summary>Where the contract sends a row. A row goes where its gravest finding sends it.</summary>
public enum RowStatus
{
    /// <summary>Fit to train on.</summary>
    Kept,

    /// <summary>Readable as a pair, but something about it wants a human's eye before it is trained on.</summary>
    Review,

    /// <summary>Not a usable pair.</summary>
    Quarantine,
}
