namespace Assay.Data.Contract;

/// <summary>A conversation's token ids as a model reads them, or why that model cannot take it.</summary>
/// <param name="Ids">All of its ids; empty where it could not be rendered. There too when it has too many of them, so that their number can
/// be said.</param>
/// <param name="Refused">Null where the model takes it; else <see cref="Reason.CannotRender"/>, <see cref="Reason.TokenOutsideVocabulary"/>
/// or <see cref="Reason.OverLength"/>.</param>
public readonly record struct TokenOutcome(int[] Ids, Finding? Refused)
{
    /// <summary>The ids, refused when there are more than <paramref name="longest"/>: nothing is truncated.</summary>
    public static TokenOutcome Within(int[] ids, int longest) =>
        new(ids, ids.Length <= longest ? null : new Finding(Reason.OverLength, $"the most a side may have is {longest}"));
}
