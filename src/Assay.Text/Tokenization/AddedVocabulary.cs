using System.Text;
using Assay.Text.Tokenization.Models;
using Assay.Text.Tokenization.Normalizers;

namespace Assay.Text.Tokenization;

/// <summary>
/// The added tokens and how they are found: first those with normalized=false in the text as it comes, then each remaining piece is
/// normalized by itself, then the others in what came out. Source: tokenizers 0.23, tokenizer/added_vocabulary.rs.
/// </summary>
internal sealed class AddedVocabulary
{
    private readonly Dictionary<string, int> _ids = [];
    private readonly SortedDictionary<int, AddedToken> _tokens = [];
    private readonly Dictionary<int, string> _normalizedTexts = [];
    private readonly HashSet<string> _special = [];
    private readonly AddedTokenCutter _raw,
        _rawWithoutSpecial,
        _normalized,
        _normalizedWithoutSpecial;

    /// <summary>
    /// Takes the tokens in the file's order. A token's id is the one its text already has, in these or in the model; otherwise the next
    /// after the model's.
    /// </summary>
    public AddedVocabulary(IEnumerable<AddedToken> tokens, Vocabulary vocabulary, Normalizer? normalizer)
    {
        var next = vocabulary.Count;
        foreach (var token in tokens)
        {
            if (token.Content.Length == 0)
                continue;
            var id = _ids.TryGetValue(token.Content, out var known) ? known : vocabulary.IdOf(token.Content) ?? next++;
            _ids[token.Content] = id;
            if (token.IsSpecial)
                _special.Add(token.Content);
            _tokens[id] = token with { Id = id };
            if (
                token.IsNormalized
                && normalizer is not null
                && Normalize(token.Content, normalizer) is var normalized
                && normalized != token.Content
            )
                _normalizedTexts[id] = normalized;
        }
        AddedTokenCutter Cutter(bool ofNormalized, bool withSpecial) =>
            new(
                _tokens
                    .Values.Where(token => token.IsNormalized == ofNormalized)
                    .Select(token => (ofNormalized ? TextOf(token.Id)! : token.Content, token)),
                token => withSpecial || !_special.Contains(token.Content)
            );
        (_raw, _rawWithoutSpecial) = (Cutter(false, true), Cutter(false, false));
        (_normalized, _normalizedWithoutSpecial) = (Cutter(true, true), Cutter(true, false));
    }

    public IEnumerable<AddedToken> Tokens => _tokens.Values;

    public int? IdOf(string token) => _ids.TryGetValue(token, out var id) ? id : null;

    /// <summary>The text of an id when decoding: normalized if it is looked for so. Null for an id that is not an added token's.</summary>
    public string? TextOf(int id) => _normalizedTexts.GetValueOrDefault(id) ?? _tokens.GetValueOrDefault(id)?.Content;

    public bool IsSpecial(string token) => _special.Contains(token);

    public void ExtractAndNormalize(PieceText work, NormalizeRewriter? normalizer, SpecialTokenText specialTokens)
    {
        var plain = specialTokens == SpecialTokenText.Plain;
        (plain ? _rawWithoutSpecial : _raw).Apply(work);
        if (normalizer is not null)
            work.Rewrite(normalizer);
        (plain ? _normalizedWithoutSpecial : _normalized).Apply(work);
    }

    private static string Normalize(string text, Normalizer normalizer)
    {
        var work = new PieceText(aligned: true);
        work.SetOriginal(text);
        work.Rewrite(new NormalizeRewriter(normalizer));
        return Encoding.UTF8.GetString(work.Text.Bytes);
    }
}
