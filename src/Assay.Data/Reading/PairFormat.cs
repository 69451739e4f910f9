namespace Assay.Data.Reading;

/// <summary>The shapes of rows Assay reads. Names in files and flags are snake_case; <see cref="PairFormats"/> describes each.</summary>
public enum PairFormat
{
    Trl,
    TrlTurns,
    TrlConversational,
    HhTranscript,
    OpenAi,
    Alpaca,
    ShareGpt,
    UltraFeedback,
    Ranked,
    Comparisons,
    Arena,
    HelpSteerPreference,
    HelpSteer,
    Votes,
    Candidates,
    Unpaired,
    Process,
    SummarizeFeedback,
    WebGpt,
    Shp,
    StackExchange,
    SafeRlhf,
}
