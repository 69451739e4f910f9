using System.Collections.Concurrent;
using System.Text;
using Assay.Text.Tokenization.Conversion;
using Assay.Text.Tokenization.Models;
using Assay.Text.Tokenization.Normalizers;

namespace Assay.Text.Tokenization;

/// <summary>
/// A Hugging Face tokenizer.json, id for id as tokenizers 0.23 runs it: added tokens, normalizer, pre-tokenizer, model, post-processor,
/// decoder. Immutable and safe to use from many threads. A lone surrogate in a text, which the reference cannot be given, is encoded as
/// U+FFFD.
/// </summary>
public sealed class Tokenizer
{
    // Work buffers of a text longer than this are not kept.
    private const int LongestKept = 1 << 20;

    private readonly TokenizerParts _parts;
    private readonly NormalizeRewriter? _normalizer;
    private readonly bool _needsAlignment;
    private readonly ConcurrentBag<Workspace> _forIds = [],
        _forTexts = [];
    private readonly int[] _singleLayout; // ids around one text, −1 where the text stands

    private Tokenizer(TokenizerParts parts, TokenizerConfig config)
    {
        _parts = parts;
        Config = config;
        _normalizer = parts.Normalizer is null ? null : new NormalizeRewriter(parts.Normalizer);
        _needsAlignment = parts.Normalizer?.NeedsAlignment == true || parts.PreTokenizer?.NeedsAlignment == true;
        var text = new EncodingParts();
        text.Add(-1, "", default, 0);
        _singleLayout = [.. Process([text], EncodeOptions.Default).Ids];
    }

    /// <summary>What tokenizer_config.json and special_tokens_map.json beside the file say; it has no effect on encoding.</summary>
    public TokenizerConfig Config { get; }

    /// <summary>
    /// The truncation that stands in the file. It is not applied unless it is put in <see cref="EncodeOptions.Truncation"/>.
    /// </summary>
    public Truncation? StoredTruncation => _parts.Truncation;

    /// <summary>The padding that stands in the file. It is not applied unless it is put in <see cref="EncodeOptions.Padding"/>.</summary>
    public Padding? StoredPadding => _parts.Padding;

    /// <summary>The added tokens by id.</summary>
    public IReadOnlyList<AddedToken> AddedTokens => field ??= [.. _parts.Added.Tokens];

    /// <summary>How many different tokens there are, added ones included. Ids can have gaps, so the largest may be above it.</summary>
    public int VocabularySize =>
        field > 0
            ? field
            : field =
                _parts.Model.Vocabulary.Count + _parts.Added.Tokens.Count(token => _parts.Model.Vocabulary.IdOf(token.Content) is null);

    /// <summary>
    /// Reads a tokenizer.json, or the one in a folder; gzipped ones (.gz) too. A folder with older files alone is read as
    /// <see cref="TokenizerConversion"/> converts it.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="TokenizerException">The file is damaged or holds something that is not known; the message names it.</exception>
    public static Tokenizer Load(string path)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, TokenizerFileNames.Tokenizer) : path;
        var json =
            TokenizerReader.ReadFile(file)
            ?? (Directory.Exists(path) && TokenizerConversion.OlderFileOf(path) is not null ? TokenizerConversion.Convert(path) : null)
            ?? throw new FileNotFoundException($"{file}: no such file; a Hugging Face tokenizer is read from its tokenizer.json", file);
        return new(TokenizerReader.Read(json, file), TokenizerConfig.Load(Path.GetDirectoryName(Path.GetFullPath(file))!));
    }

    /// <summary>Reads the text of a tokenizer.json.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="config">What stands beside it.</param>
    /// <exception cref="TokenizerException">See <see cref="Load"/>.</exception>
    public static Tokenizer Parse(byte[] json, string name = TokenizerFileNames.Tokenizer, TokenizerConfig? config = null) =>
        new(TokenizerReader.Read(json, name), config ?? TokenizerConfig.Empty);

    /// <summary>The id of a token, or null.</summary>
    public int? TokenToId(string token) => _parts.Added.IdOf(token) ?? _parts.Model.Vocabulary.IdOf(token);

    /// <summary>The token of an id, or null. An added token that is looked for in normalized text gives its normalized form.</summary>
    public string? IdToToken(int id) => _parts.Added.TextOf(id) ?? _parts.Model.Vocabulary.TextOf(id);

    /// <summary>Encodes a text.</summary>
    /// <exception cref="TokenizerException">The model has no token for something in the text, or the truncation cannot be done.</exception>
    public EncodedText Encode(string text, EncodeOptions? options = null)
    {
        options ??= EncodeOptions.Default;
        return Process([EncodeSequence(text, 0, options)], options).ToEncodedText();
    }

    /// <summary>Encodes two texts as the pair that the file's template makes of them.</summary>
    /// <exception cref="TokenizerException">See <see cref="Encode(string, EncodeOptions?)"/>.</exception>
    public EncodedText Encode(string text, string pair, EncodeOptions? options = null)
    {
        options ??= EncodeOptions.Default;
        return Process([EncodeSequence(text, 0, options), EncodeSequence(pair, 1, options)], options).ToEncodedText();
    }

    /// <summary>Encodes a text to ids only.</summary>
    /// <exception cref="TokenizerException">See <see cref="Encode(string, EncodeOptions?)"/>.</exception>
    public int[] EncodeIds(ReadOnlySpan<char> text, EncodeOptions? options = null)
    {
        var ids = new List<int>();
        EncodeIds(text, ids, options);
        return [.. ids];
    }

    /// <summary>Appends the ids of a text to a list: the way for training, which allocates nothing else in steady state.</summary>
    /// <exception cref="TokenizerException">See <see cref="Encode(string, EncodeOptions?)"/>; the list is then as it was.</exception>
    public void EncodeIds(ReadOnlySpan<char> text, List<int> ids, EncodeOptions? options = null)
    {
        options ??= EncodeOptions.Default;
        if (options.Truncation is not null || options.Padding is not null)
        {
            ids.AddRange(Process([EncodeSequence(text, 0, options)], options).Ids);
            return;
        }
        var workspace = _forIds.TryTake(out var kept) ? kept : new Workspace(_needsAlignment, keepsSpans: false);
        var sink = workspace.Scratch.Sink;
        PreTokenize(workspace.Text, text, options);
        sink.Clear();
        foreach (var piece in workspace.Text.Pieces)
            if (piece.IsAdded)
                sink.Add(piece.AddedId, 0, 0);
            else
                _parts.Model.Tokenize(workspace.Text.Text.Bytes[piece.Start..piece.End], workspace.Scratch);
        if (options.TemplateTokens == TemplateTokens.Omit)
            CollectionExtensions.AddRange(ids, sink.Ids);
        else
            foreach (var id in _singleLayout)
                if (id < 0)
                    CollectionExtensions.AddRange(ids, sink.Ids);
                else
                    ids.Add(id);
        Keep(workspace, _forIds, text.Length);
    }

    /// <summary>Decodes ids; one that is no token's is passed over.</summary>
    public string Decode(ReadOnlySpan<int> ids, DecodedSpecialTokens specialTokens = DecodedSpecialTokens.Keep)
    {
        var tokens = new List<string>(ids.Length);
        foreach (var id in ids)
            if (IdToToken(id) is { } token && !(specialTokens == DecodedSpecialTokens.Skip && _parts.Added.IsSpecial(token)))
                tokens.Add(token);
        return _parts.Decoder is { } decoder ? string.Concat(decoder.Decode(tokens)) : string.Join(' ', tokens);
    }

    private void PreTokenize(PieceText work, ReadOnlySpan<char> text, EncodeOptions options)
    {
        work.SetOriginal(text);
        _parts.Added.ExtractAndNormalize(work, _normalizer, options.SpecialTokenText);
        _parts.PreTokenizer?.Apply(work);
    }

    private EncodingParts EncodeSequence(ReadOnlySpan<char> text, int sequence, EncodeOptions options)
    {
        var workspace = _forTexts.TryTake(out var kept) ? kept : new Workspace(aligned: true, keepsSpans: true);
        var work = workspace.Text;
        PreTokenize(work, text, options);
        var parts = new EncodingParts();
        foreach (var piece in work.Pieces)
            AddTokens(workspace, piece, text, sequence, parts);
        Keep(workspace, _forTexts, text.Length);
        return parts;
    }

    private void AddTokens(Workspace workspace, Piece piece, ReadOnlySpan<char> text, int sequence, EncodingParts parts)
    {
        var aligned = workspace.Text.Text;
        var bytes = aligned.Bytes[piece.Start..piece.End];
        if (piece.IsAdded)
        {
            parts.Add(
                piece.AddedId,
                Encoding.UTF8.GetString(bytes),
                new(aligned.StartOf(piece.Start), aligned.EndOf(piece.End - 1)),
                sequence
            );
            return;
        }
        var sink = workspace.Scratch.Sink;
        sink.Clear();
        _parts.Model.Tokenize(bytes, workspace.Scratch);
        for (var i = 0; i < sink.Count; i++)
        {
            var (id, start, end, isText) = sink[i];
            var offset =
                end <= bytes.Length
                    ? new TokenOffset(aligned.StartOf(piece.Start + start), aligned.EndOf(piece.Start + end - 1))
                    : OffsetBeyond(text, start, end);
            parts.Add(id, isText ? Encoding.UTF8.GetString(bytes[start..end]) : _parts.Model.Vocabulary.TextOf(id)!, offset, sequence);
        }
    }

    /// <summary>
    /// Byte tokens of a suffix can reach past the piece. The reference then takes the token's bytes in the piece for bytes of the whole
    /// text.
    /// </summary>
    private static TokenOffset OffsetBeyond(ReadOnlySpan<char> text, int start, int end)
    {
        var bytes = Encoding.UTF8.GetBytes(text.ToArray());
        if (start >= bytes.Length)
            return new(start, end);
        var first = Utf8.Count(bytes.AsSpan(0, start + 1)) - 1;
        if (end < bytes.Length)
            return new(first, Utf8.Count(bytes.AsSpan(0, end + 1)) - 1);
        return new(first, end == bytes.Length ? Utf8.Count(bytes) : first + 2);
    }

    private EncodingParts Process(List<EncodingParts> encodings, EncodeOptions options)
    {
        if (options.Truncation is { } truncation)
            Truncate(encodings, truncation, options.TemplateTokens);
        EncodingParts result;
        if (_parts.PostProcessor is { } processor)
        {
            for (var i = 0; i < encodings.Count; i++)
            {
                encodings[i].SetSequence(i);
                foreach (var part in encodings[i].Overflowing)
                    part.SetSequence(i);
                encodings[i].SetTypeIds(i);
            }
            result = EncodingParts.Merge(processor.Process(encodings, options.TemplateTokens));
        }
        else if (encodings is [var only])
            result = only;
        else
        {
            for (var i = 0; i < encodings.Count; i++)
                encodings[i].SetSequence(i);
            result = EncodingParts.Merge(encodings);
        }
        if (options.Padding is { } padding)
        {
            var length = padding.Length ?? result.Count;
            if (padding.MultipleOf is > 0 and var multiple && length % multiple > 0)
                length += multiple - length % multiple;
            result.Pad(length, padding);
        }
        return result;
    }

    private void Truncate(List<EncodingParts> encodings, Truncation truncation, TemplateTokens templateTokens)
    {
        var added = templateTokens == TemplateTokens.Add ? _parts.PostProcessor?.AddedCount(encodings.Count) ?? 0 : 0;
        var maxLength = truncation.MaxLength - added;
        if (maxLength < 0)
            throw new TokenizerException(
                $"truncation: a max_length of {truncation.MaxLength} is less than the {added} tokens of the template"
            );
        EncodingParts Cut(int index, int length) =>
            encodings[index] = encodings[index].Truncate(length, truncation.Stride, truncation.Side);

        var total = encodings.Sum(encoding => encoding.Count);
        if (maxLength == 0)
        {
            for (var i = 0; i < encodings.Count; i++)
                Cut(i, 0);
            return;
        }
        if (total <= maxLength)
            return;
        if (truncation.Strategy != TruncationStrategy.LongestFirst)
        {
            var target = truncation.Strategy == TruncationStrategy.OnlyFirst ? 0 : 1;
            if (target >= encodings.Count)
                throw new TokenizerException("truncation: only_second, but there is no second text");
            var left = encodings[target].Count - (total - maxLength);
            if (left <= 0)
                throw new TokenizerException(
                    $"truncation: the text to cut has {encodings[target].Count} tokens, and {total - maxLength} have to go"
                );
            Cut(target, left);
            return;
        }
        if (encodings.Count == 1)
        {
            Cut(0, maxLength);
            return;
        }
        // The longer one is cut to what the shorter leaves, or both to half.
        var shorter = encodings[0].Count <= encodings[1].Count ? 0 : 1;
        var least = encodings[shorter].Count;
        var most = least > maxLength ? least : Math.Max(least, maxLength - least);
        if (least + most > maxLength)
        {
            least = maxLength / 2;
            most = least + maxLength % 2;
        }
        Cut(shorter, least);
        Cut(1 - shorter, most);
    }

    private static void Keep(Workspace workspace, ConcurrentBag<Workspace> kept, int textLength)
    {
        if (textLength <= LongestKept && kept.Count < Environment.ProcessorCount)
            kept.Add(workspace);
    }

    private sealed class Workspace(bool aligned, bool keepsSpans)
    {
        public PieceText Text { get; } = new(aligned);

        public ModelScratch Scratch { get; } = new(keepsSpans);
    }
}

/// <summary>What decoding does with special tokens.</summary>
public enum DecodedSpecialTokens
{
    Keep,
    Skip,
}
