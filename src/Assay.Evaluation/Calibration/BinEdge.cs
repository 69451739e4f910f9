namespace Assay.Evaluation.Calibration;

/// <summary>To which bin a probability exactly on an edge belongs. The two customs differ: say which one a figure uses.</summary>
public enum BinEdge
{
    /// <summary>
    /// (low, high], the first bin also taking its low end: scikit-learn, and Guo et al. 2017. The one this library reports.
    /// </summary>
    Right,

    /// <summary>[low, high), the last bin also taking its high end: netcal.</summary>
    Left,
}
