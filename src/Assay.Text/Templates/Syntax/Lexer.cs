using System.Globalization;
using System.Text.RegularExpressions;

namespace Assay.Text.Templates.Syntax;

/// <summary>
/// Cuts a template into tokens as jinja2 3.1.6 does with <c>trim_blocks</c> and <c>lstrip_blocks</c> on, its white-space rules included:
/// <c>-</c> strips Python white space over line ends, <c>+</c> turns both settings off, lines are stripped before block and comment tags
/// only. The patterns are those of its <c>lexer.py</c>.
/// </summary>
internal sealed partial class Lexer(TemplateSource source)
{
    private const string Space = @"[\s\x1C-\x1F]*",
        Digits = "[0-9]+(?:_[0-9]+)*";

    private readonly string _text = source.Text;
    private readonly List<Token> _tokens = [];
    private readonly Stack<char> _open = [];
    private int _position;
    private bool _lineStarting = true;

    public List<Token> Read()
    {
        try
        {
            while (_position < _text.Length)
                ReadRoot();
            _tokens.Add(new Token(TokenKind.End, "end of template", _text.Length));
        }
        catch (TemplateFault fault)
        {
            Break(source.Error("TemplateSyntaxError", fault.Message, _position, fault));
        }
        catch (TemplateException error)
        {
            Break(error);
        }
        return _tokens;

        // jinja2 cuts while it parses: what the parser finds wrong before this place is said first.
        void Break(TemplateException error) => _tokens.Add(new Token(TokenKind.Broken, "", _position, error));
    }

    private void ReadRoot()
    {
        var tag = TagBegin().Match(_text, _position);
        if (!tag.Success)
        {
            AddData(_position, _text.Length);
            _position = _text.Length;
            return;
        }
        var kind = _text[tag.Index + 1];
        AddDataBeforeTag(tag, isVariable: kind == '{');
        _position = tag.Index + tag.Length;
        if (kind == '#')
            Skip(CommentEnd(), "Missing end of comment tag", tag.Index);
        else if (kind == '{')
            ReadCode(tag.Index, TokenKind.VariableBegin, TokenKind.VariableEnd, VariableEnd());
        else if (RawBegin().Match(_text, _position) is { Success: true } raw)
            ReadRaw(tag.Index, raw);
        else
            ReadCode(tag.Index, TokenKind.BlockBegin, TokenKind.BlockEnd, BlockEnd());
    }

    private void AddData(int start, int end)
    {
        if (end > start)
            _tokens.Add(new Token(TokenKind.Data, _text[start..end], start));
    }

    private void AddDataBeforeTag(Match tag, bool isVariable)
    {
        int start = _position,
            end = tag.Index;
        var sign = tag.Groups["sign"].Value;
        if (sign == "-")
        {
            while (end > start && PythonText.IsSpace(_text[end - 1]))
                end--;
        }
        else if (sign != "+" && !isVariable)
        {
            var line = end == start ? start : Math.Max(start, _text.LastIndexOf('\n', end - 1, end - start) + 1);
            if ((line > start || _lineStarting) && _text.AsSpan(line, end - line).IndexOfAnyExcept(PythonText.Spaces) < 0)
                end = line;
        }
        AddData(start, end);
    }

    /// <summary>Goes on after a match, which ends a tag.</summary>
    private void EndTag(Match end)
    {
        _position = end.Index + end.Length;
        _lineStarting = end.Value.EndsWith('\n');
    }

    private void Skip(Regex pattern, string missing, int tag)
    {
        var end = pattern.Match(_text, _position);
        if (!end.Success)
            throw Error(missing, tag);
        EndTag(end);
    }

    private void ReadRaw(int tag, Match begin)
    {
        EndTag(begin);
        var end = RawEnd().Match(_text, _position);
        if (!end.Success)
            throw Error("Missing end of raw directive", tag);
        AddDataBeforeTag(end, isVariable: false);
        EndTag(end);
    }

    private void ReadCode(int tag, TokenKind beginKind, TokenKind endKind, Regex end)
    {
        var what = endKind == TokenKind.BlockEnd ? "statement block" : "print statement";
        _tokens.Add(new Token(beginKind, "begin of " + what, tag));
        _open.Clear();
        while (_position < _text.Length)
        {
            if (_open.Count == 0 && end.Match(_text, _position) is { Success: true } close)
            {
                _tokens.Add(new Token(endKind, "end of " + what, _position));
                EndTag(close);
                return;
            }
            var match = CodeToken().Match(_text, _position);
            if (!match.Success)
                throw Unexpected();
            if (match.Groups["space"].Length == 0)
                ReadCodeToken(match);
            _position += match.Length;
        }
    }

    private void ReadCodeToken(Match match)
    {
        var text = match.Value;
        if (match.Groups["float"].Success)
            Add(TokenKind.Float, double.Parse(text.Replace("_", ""), CultureInfo.InvariantCulture));
        else if (match.Groups["integer"].Success)
            Add(TokenKind.Integer, Numbers.ParseInteger(text, 0));
        else if (match.Groups["string"].Success)
            _tokens.Add(new Token(TokenKind.String, StringEscapes.Decode(text[1..^1]), _position));
        else if (match.Groups["name"].Success)
        {
            var isIdentifier = text[0] == '_' || char.IsLetter(text[0]) || char.GetUnicodeCategory(text[0]) == UnicodeCategory.LetterNumber;
            Add(isIdentifier ? TokenKind.Name : throw Error("Invalid character in identifier", _position));
        }
        else
        {
            if (text is "(" or "[" or "{")
                _open.Push(
                    text switch
                    {
                        "(" => ')',
                        "[" => ']',
                        _ => '}',
                    }
                );
            if (text is ")" or "]" or "}")
            {
                if (!_open.TryPop(out var expected))
                    throw Error($"unexpected '{text}'", _position);
                if (expected != text[0])
                    throw Error($"unexpected '{text}', expected '{expected}'", _position);
            }
            Add(TokenKind.Operator);
        }

        void Add(TokenKind kind, object? number = null) => _tokens.Add(new Token(kind, text, _position, number));
    }

    private TemplateException Unexpected()
    {
        var shown = Printing.Quote(CodePoints.ToText(CodePoints.At(_text, _position)));
        return Error($"unexpected char {shown} at {CodePoints.Count(_text.AsSpan(0, _position))}", _position);
    }

    private TemplateException Error(string reason, int at) => source.Error("TemplateSyntaxError", reason, at);

    [GeneratedRegex(@"\{[{%#](?<sign>[-+]?)")]
    private static partial Regex TagBegin();

    [GeneratedRegex(@"\+#\}|-#\}" + Space + @"|#\}\n?")]
    private static partial Regex CommentEnd();

    [GeneratedRegex(@"\G(?:-\}\}" + Space + @"|\}\})")]
    private static partial Regex VariableEnd();

    [GeneratedRegex(@"\G(?:\+%\}|-%\}" + Space + @"|%\}\n?)")]
    private static partial Regex BlockEnd();

    [GeneratedRegex(@"\G" + Space + "raw" + Space + @"(?:-%\}" + Space + @"|%\})")]
    private static partial Regex RawBegin();

    [GeneratedRegex(@"\{%(?<sign>[-+]?)" + Space + "endraw" + Space + @"(?:\+%\}|-%\}" + Space + @"|%\}\n?)")]
    private static partial Regex RawEnd();

    [GeneratedRegex(
        @"\G(?:(?<space>[\s\x1C-\x1F]+)|(?<float>(?<!\.)"
            + Digits
            + @"(?:(?:\."
            + Digits
            + ")?[eE][-+]?"
            + Digits
            + @"|\."
            + Digits
            + "))"
            + @"|(?<integer>0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[0-9a-fA-F])+|[1-9](?:_?[0-9])*|0(?:_?0)*)|(?<name>[\p{L}\p{N}\p{Mn}\p{Mc}\p{Pc}]+)"
            + @"|(?<string>'[^'\\]*(?:\\.[^'\\]*)*'|""[^""\\]*(?:\\.[^""\\]*)*"")|//|\*\*|[=!<>]=|[-+/*%~\[\](){}<>=.:|,;])",
        RegexOptions.Singleline
    )]
    private static partial Regex CodeToken();
}

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

    /// <summary>Here the source can be cut no further.</summary>
    Broken,
}

/// <param name="Kind">What it is.</param>
/// <param name="Text">The name or operator, the data, the decoded string; of begins and ends what jinja2 calls them.</param>
/// <param name="Offset">Where it begins in the source.</param>
/// <param name="Value">The value of an integer or a float; the error at a broken place.</param>
internal sealed record Token(TokenKind Kind, string Text, int Offset, object? Value = null)
{
    public object Number => Value!;

    /// <summary>The token, unless the source is broken there.</summary>
    public Token Whole() => Kind == TokenKind.Broken ? throw (TemplateException)Value! : this;

    /// <summary>How jinja2 names it in messages.</summary>
    public string Description =>
        Kind switch
        {
            TokenKind.Data => "template data / text",
            TokenKind.String or TokenKind.Integer or TokenKind.Float => Kind.ToString().ToLowerInvariant(),
            _ => Text,
        };

    public bool IsName(string name) => Kind == TokenKind.Name && Text == name;

    public bool IsOperator(string symbol) => Kind == TokenKind.Operator && Text == symbol;
}
