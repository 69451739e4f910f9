namespace Assay.Data.Reading.Solutions;

/// <summary>What 0 means among the numbers that a file has for labels of steps.</summary>
internal enum ZeroLabel
{
    /// <summary>The step is wrong: the file has 0 and 1.</summary>
    Wrong,

    /// <summary>Neither good nor wrong, and so not wrong: the file has ratings of -1 too (PRM800K).</summary>
    Neutral,
}
