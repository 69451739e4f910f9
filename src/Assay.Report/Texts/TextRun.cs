namespace Assay.Report.Texts;

/// <summary>A stretch of a text that the other text has too, or has not.</summary>
/// <param name="Text">The stretch with its spaces and punctuation.</param>
/// <param name="IsShared">Whether the other text has it, in the same order.</param>
internal readonly record struct TextRun(string Text, bool IsShared);
