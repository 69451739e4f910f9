namespace Assay.Judges;

/// <summary>The reasons for which a call gives no verdict, as they are counted and written.</summary>
public static class NoVerdict
{
    /// <summary>The judge said nothing.</summary>
    public const string Empty = "empty";

    /// <summary>It was stopped at the limit of tokens before a verdict.</summary>
    public const string CutOff = "cut_off";

    /// <summary>No verdict of the form that was asked for.</summary>
    public const string NotFound = "not_found";

    /// <summary>Verdicts that contradict each other.</summary>
    public const string Several = "several_verdicts";

    /// <summary>A label that none of the answers has.</summary>
    public const string UnknownLabel = "unknown_label";

    /// <summary>A tie, where the prompt allows none.</summary>
    public const string TieNotAllowed = "tie_not_allowed";

    /// <summary>A rating beyond the scale.</summary>
    public const string OutOfScale = "out_of_scale";

    /// <summary>The endpoint's content filter took the answer.</summary>
    public const string Filtered = "content_filter";

    /// <summary>The endpoint refused the request (400, 413 or 422): too long, most often.</summary>
    public const string Refused = "endpoint_refused";

    /// <summary>No answer after all attempts. Never cached: the same command asks again.</summary>
    public const string CallFailed = "call_failed";
}
