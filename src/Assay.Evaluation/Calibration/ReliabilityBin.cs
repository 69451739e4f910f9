namespace Assay.Evaluation.Calibration;

/// <summary>
/// One bin of a reliability table: its ends, how many forecasts fell in, what they said on average and how often it came true (NaN when
/// empty).
/// </summary>
public sealed record ReliabilityBin(double Low, double High, long Count, double MeanProbability, double WinRate)
{
    /// <summary>|said − came true|.</summary>
    public double Gap => Math.Abs(MeanProbability - WinRate);
}
