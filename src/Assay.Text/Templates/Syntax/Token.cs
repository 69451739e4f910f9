namespace Assay.Text.Templates.Syntax;

internal enum TokenKind
{
    Data,
    VariableBegin,
    VariableEnd,
    BlockBegin,
    BlockEnd,
    Name,
    String,
    Integer,
    Float,
    Operator,
    End,
}

/// <param name="Kind">What it is.</param>
/// <param name="Text">The name or operator, the data, the decoded string; of begins and ends what jinja2 calls them.</param>
/// <param name="Offset">Where it begins in the source.</param>
/// <param name="Number">The value of an integer or a float.</param>
internal sealed record Token(TokenKind Kind, string Text, int Offset, object? Number = null)
{
    /// <summary>How jinja2 names it in messages.</summary>
    public string Description => Kind switch
    {
        TokenKind.Data => "template data / text",
        TokenKind.String or TokenKind.Integer or TokenKind.Float => Kind.ToString().ToLowerInvariant(),
        _ => Text,
    };

    public bool IsName(string name) => Kind == TokenKind.Name && Text == name;

    public bool IsOperator(string symbol) => Kind == TokenKind.Operator && Text == symbol;
}
