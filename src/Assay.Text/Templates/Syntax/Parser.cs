namespace Assay.Text.Templates.Syntax;

/// <summary>
/// Builds the tree of a template, by recursive descent as jinja2 3.1.6 does and with its messages. How deep trees may be is bounded, so
/// that walking one cannot overflow the stack.
/// </summary>
internal sealed partial class Parser(TemplateSource source)
{
    private const int MaximumDepth = 200;
    private readonly List<Token> _tokens = new Lexer(source).Read();
    private readonly Stack<string> _tags = [];
    private readonly Stack<string[]> _endTags = [];
    private readonly HashSet<string> _blocks = [];
    private int _position;
    private int _depth;

    public bool HasGenerationMarkers { get; private set; }

    private Token Current => _tokens[_position];

    private Token Peek => _tokens[Math.Min(_position + 1, _tokens.Count - 1)].Whole();

    public Body Parse()
    {
        Current.Whole();
        return new Body(ParseUntil([]));
    }

    private Token Next()
    {
        var token = Current;
        if (_position < _tokens.Count - 1)
            _position++;
        Current.Whole();
        return token;
    }

    private bool SkipName(string name) => Skip(Current.IsName(name));

    private bool SkipOperator(string symbol) => Skip(Current.IsOperator(symbol));

    private bool Skip(bool matches)
    {
        if (matches)
            Next();
        return matches;
    }

    private string ExpectName() => Current.Kind == TokenKind.Name ? Next().Text : throw Unexpected("name");

    private void ExpectBlockEnd() => Expect(Current.Kind == TokenKind.BlockEnd, "end of statement block");

    private void ExpectOperator(string symbol) => Expect(Current.IsOperator(symbol), symbol);

    private void Expect(bool matches, string wanted)
    {
        if (!Skip(matches))
            throw Unexpected(wanted);
    }

    private TemplateException Unexpected(string wanted) =>
        Error(
            Current.Kind == TokenKind.End
                ? $"unexpected end of template, expected {Quoted(wanted)}."
                : $"expected token {Quoted(wanted)}, got {Quoted(Current.Description)}"
        );

    private void Deeper()
    {
        if (++_depth > MaximumDepth)
            throw Error($"the template nests more than {MaximumDepth} levels deep", "RecursionError");
    }

    /// <summary>Looks how high the tree of an expression is: long chains of operators make it high without nesting.</summary>
    private T Made<T>(T node)
        where T : Expression =>
        node.Height <= MaximumDepth ? node : throw Error($"an expression of more than {MaximumDepth} levels", "RecursionError");

    private static string Quoted(string text) => Printing.Quote(text);

    private TemplateException Error(string reason, string errorType = "TemplateSyntaxError", int? at = null) =>
        source.Error(errorType, reason, at ?? Current.Offset);
}
