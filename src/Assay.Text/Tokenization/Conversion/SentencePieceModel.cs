namespace Assay.Text.Tokenization.Conversion;

internal enum PieceKind
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Unused = 5,
    Byte = 6,
}

/// <summary>A piece; its id is its place.</summary>
internal readonly record struct SentencePiece(string Text, float Score, PieceKind Kind);

/// <summary>
/// What a sentencepiece model holds of what its text is cut with. Source: sentencepiece_model.proto, ModelProto; defaults are the file's.
/// </summary>
internal sealed record SentencePieceModel
{
    public const int Unigram = 1,
        Bpe = 2;

    public required IReadOnlyList<SentencePiece> Pieces { get; init; }

    /// <summary><see cref="Unigram"/>, <see cref="Bpe"/>, or 3 (words) or 4 (characters).</summary>
    public int Algorithm { get; private set; } = Unigram;

    public int UnknownId { get; private set; }

    public string UnknownPiece { get; private set; } = "<unk>";

    public bool FallsBackToBytes { get; private set; }

    public bool TakesSpaceAsSuffix { get; private set; }

    /// <summary>The normalization, compiled; empty for none.</summary>
    public byte[] Charsmap { get; private set; } = [];

    public bool AddsPrefixSpace { get; private set; } = true;

    public bool RemovesExtraSpaces { get; private set; } = true;

    public bool EscapesSpaces { get; private set; } = true;

    /// <exception cref="TokenizerException">The bytes are no such model; the message does not name the file.</exception>
    public static SentencePieceModel Parse(ReadOnlySpan<byte> bytes)
    {
        var pieces = new List<SentencePiece>();
        var model = new SentencePieceModel { Pieces = pieces };
        for (var reader = new ProtobufReader(bytes); reader.Read(); )
        {
            if (reader.Field == 1)
                pieces.Add(ReadPiece(reader.Bytes));
            else if (reader.Field == 2)
                model.ReadTraining(reader.Bytes);
            else if (reader.Field == 3)
                model.ReadNormalization(reader.Bytes);
        }
        if (pieces.Count == 0)
            throw new TokenizerException("found no pieces, wanted a sentencepiece model");
        var seen = new HashSet<string>(pieces.Count);
        foreach (var piece in pieces)
        {
            if (piece.Text.Length == 0 || !float.IsFinite(piece.Score))
                throw new TokenizerException(
                    $"found a piece '{piece.Text}' with the score {piece.Score}, wanted a text and a finite number"
                );
            if (!seen.Add(piece.Text))
                throw new TokenizerException($"found the piece '{piece.Text}' twice");
        }
        return model;
    }

    private static SentencePiece ReadPiece(ReadOnlySpan<byte> message)
    {
        var (text, score, kind) = ("", 0f, PieceKind.Normal);
        for (var reader = new ProtobufReader(message); reader.Read(); )
        {
            if (reader.Field == 1)
                text = reader.Text;
            else if (reader.Field == 2)
                score = reader.Single;
            else if (reader.Field == 3)
                kind = (PieceKind)reader.Number;
        }
        return new(text, score, kind);
    }

    private void ReadTraining(ReadOnlySpan<byte> message)
    {
        for (var reader = new ProtobufReader(message); reader.Read(); )
        {
            if (reader.Field == 3)
                Algorithm = (int)reader.Number;
            else if (reader.Field == 24)
                TakesSpaceAsSuffix = reader.Truth;
            else if (reader.Field == 35)
                FallsBackToBytes = reader.Truth;
            else if (reader.Field == 40)
                UnknownId = (int)reader.Number;
            else if (reader.Field == 45)
                UnknownPiece = reader.Text;
        }
    }

    private void ReadNormalization(ReadOnlySpan<byte> message)
    {
        for (var reader = new ProtobufReader(message); reader.Read(); )
        {
            if (reader.Field == 2)
                Charsmap = reader.Bytes.ToArray();
            else if (reader.Field == 3)
                AddsPrefixSpace = reader.Truth;
            else if (reader.Field == 4)
                RemovesExtraSpaces = reader.Truth;
            else if (reader.Field == 5)
                EscapesSpaces = reader.Truth;
        }
    }
}
