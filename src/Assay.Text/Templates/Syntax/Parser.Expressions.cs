namespace Assay.Text.Templates.Syntax;

internal sealed partial class Parser
{
    private Expression ParseExpression(bool withConditional = true) => withConditional ? ParseConditional() : ParseOr();

    private Expression ParseConditional()
    {
        Deeper();
        var offset = Current.Offset;
        var value = ParseOr();
        while (SkipName("if"))
        {
            var test = ParseOr();
            var otherwise = SkipName("else") ? ParseConditional() : null;
            value = Made(new ConditionalExpression(test, value, otherwise, source.Place(offset).Line) { Offset = offset });
            offset = Current.Offset;
        }
        _depth--;
        return value;
    }

    private Expression ParseOr() => ParseBinary(ParseAnd, "or");

    private Expression ParseAnd() => ParseBinary(ParseNot, "and");

    private Expression ParseNot()
    {
        if (!Current.IsName("not"))
            return ParseComparison();
        var offset = Next().Offset;
        Deeper();
        var operand = ParseNot();
        _depth--;
        return Made(new NotExpression(operand) { Offset = offset });
    }

    private Expression ParseComparison()
    {
        var offset = Current.Offset;
        var first = ParseSum();
        var rest = new List<(string, Expression)>();
        while (ParseComparisonSymbol() is { } symbol)
            rest.Add((symbol, ParseSum()));
        return rest.Count == 0 ? first : Made(new CompareExpression(first, rest) { Offset = offset });
    }

    private string? ParseComparisonSymbol()
    {
        if (Current.IsName("not") && Peek.IsName("in"))
        {
            Next();
            Next();
            return "not in";
        }
        return Current.IsName("in") || (Current.Kind == TokenKind.Operator && Current.Text is "==" or "!=" or "<" or "<=" or ">" or ">=")
            ? Next().Text
            : null;
    }

    private Expression ParseSum() => ParseBinary(ParseConcatenation, "+", "-");

    private Expression ParseConcatenation()
    {
        var offset = Current.Offset;
        var first = ParseProduct();
        if (!Current.IsOperator("~"))
            return first;
        var parts = new List<Expression> { first };
        while (SkipOperator("~"))
            parts.Add(ParseProduct());
        return Made(new ConcatenationExpression(parts) { Offset = offset });
    }

    private Expression ParseProduct() => ParseBinary(ParsePower, "*", "/", "//", "%");

    private Expression ParsePower() => ParseBinary(() => ParseUnary(), "**");

    /// <summary>Operators of one strength, from left to right.</summary>
    private Expression ParseBinary(Func<Expression> parseOperand, params string[] symbols)
    {
        var offset = Current.Offset;
        var left = parseOperand();
        while (Current.Kind is TokenKind.Operator or TokenKind.Name && symbols.Contains(Current.Text))
        {
            var symbol = Next().Text;
            var right = parseOperand();
            left = Made<Expression>(
                symbol is "and" or "or"
                    ? new LogicalExpression(symbol, left, right) { Offset = offset }
                    : new BinaryExpression(symbol, left, right) { Offset = offset }
            );
        }
        return left;
    }

    private Expression ParseUnary(bool withFilters = true)
    {
        Expression node;
        if (Current.IsOperator("-") || Current.IsOperator("+"))
        {
            var sign = Next();
            Deeper();
            node = Made(new SignExpression(sign.Text, ParseUnary(withFilters: false)) { Offset = sign.Offset });
            _depth--;
        }
        else
        {
            node = ParsePrimary();
        }
        node = ParsePostfix(node);
        return withFilters ? ParseFiltersAndTests(node) : node;
    }

    private Expression ParsePrimary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                Next();
                return token.Text switch
                {
                    "true" or "True" => Constant(Boxed.True),
                    "false" or "False" => Constant(Boxed.False),
                    "none" or "None" => Constant(NoneValue.Instance),
                    _ => new NameExpression(token.Text) { Offset = token.Offset },
                };
            case TokenKind.String:
                var text = Next().Text;
                while (Current.Kind == TokenKind.String)
                    text += Next().Text;
                return Constant(TemplateString.Of(text));
            case TokenKind.Integer or TokenKind.Float:
                return Constant(Next().Number);
            case TokenKind.Operator when token.Text == "(":
                Next();
                var inner = ParseTuple(inParentheses: true);
                ExpectOperator(")");
                return inner;
            case TokenKind.Operator when token.Text == "[":
                var items = new List<Expression>();
                ParseList("]", () => items.Add(ParseExpression()));
                return Made(new SequenceExpression(items, isTuple: false) { Offset = token.Offset });
            case TokenKind.Operator when token.Text == "{":
                var pairs = new List<(Expression, Expression)>();
                ParseList(
                    "}",
                    () =>
                    {
                        var key = ParseExpression();
                        ExpectOperator(":");
                        pairs.Add((key, ParseExpression()));
                    }
                );
                return Made(new DictionaryExpression(pairs) { Offset = token.Offset });
            default:
                throw Error($"unexpected {Quoted(token.Description)}");
        }

        ConstantExpression Constant(object value) => new(value) { Offset = token.Offset };
    }

    /// <summary>What stands between an opening bracket and its closing one, with commas between and perhaps one after.</summary>
    private void ParseList(string close, Action parseItem)
    {
        Next();
        for (var isFirst = true; !Current.IsOperator(close); isFirst = false)
        {
            if (!isFirst)
                ExpectOperator(",");
            if (Current.IsOperator(close))
                break;
            parseItem();
        }
        ExpectOperator(close);
    }

    private Expression ParseTuple(bool withConditional = true, string? endName = null, bool inParentheses = false)
    {
        var offset = Current.Offset;
        var items = ParseTupleItems(() => ParseExpression(withConditional), endName, out var isTuple);
        if (!isTuple && items.Count > 0)
            return items[0];
        if (!isTuple && !inParentheses)
            throw Error($"Expected an expression, got {Quoted(Current.Description)}");
        return Made(new SequenceExpression(items, isTuple: true) { Offset = offset });
    }

    private List<T> ParseTupleItems<T>(Func<T> parseItem, string? endName, out bool isTuple)
    {
        var items = new List<T>();
        isTuple = false;
        while (true)
        {
            if (items.Count > 0)
                ExpectOperator(",");
            var isEnd =
                Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd
                || Current.IsOperator(")")
                || (endName is not null && Current.IsName(endName));
            if (isEnd)
                return items;
            items.Add(parseItem());
            if (!Current.IsOperator(","))
                return items;
            isTuple = true;
        }
    }

    private Expression ParsePostfix(Expression node)
    {
        while (Current.Kind == TokenKind.Operator && Current.Text is "." or "[" or "(")
            node = Current.Text == "(" ? ParseCall(node) : ParseSubscript(node);
        return node;
    }

    private Expression ParseFiltersAndTests(Expression node)
    {
        while (true)
        {
            if (Current.IsOperator("|"))
                node = ParseFilters(node);
            else if (Current.IsName("is"))
                node = ParseTest(node);
            else if (Current.IsOperator("("))
                node = ParseCall(node);
            else
                return node;
        }
    }

    private Expression ParseSubscript(Expression node)
    {
        var token = Next();
        if (token.Text == ".")
        {
            var attribute = Next();
            return attribute.Kind switch
            {
                TokenKind.Name => Made(new AttributeExpression(node, attribute.Text) { Offset = token.Offset }),
                TokenKind.Integer => Made(
                    new ItemExpression(node, new ConstantExpression(attribute.Number) { Offset = attribute.Offset })
                    {
                        Offset = token.Offset,
                    }
                ),
                _ => throw Error("expected name or number", at: attribute.Offset),
            };
        }
        var first = Current.IsOperator(":") || Current.IsOperator("]") ? null : ParseExpression();
        if (SkipOperator(":"))
        {
            var stop = Current.IsOperator(":") || Current.IsOperator("]") ? null : ParseExpression();
            var step = SkipOperator(":") && !Current.IsOperator("]") ? ParseExpression() : null;
            if (Current.IsOperator(","))
                throw Error("a subscript of more than one slice is not supported");
            ExpectOperator("]");
            return Made(new SliceExpression(node, first, stop, step) { Offset = token.Offset });
        }
        if (Current.IsOperator(","))
            throw Error("a subscript of more than one part is not supported: write the tuple in parentheses");
        ExpectOperator("]");
        var index = first ?? new SequenceExpression([], isTuple: true) { Offset = token.Offset };
        return Made(new ItemExpression(node, index) { Offset = token.Offset });
    }

    private CallExpression ParseCall(Expression callee)
    {
        var offset = Current.Offset;
        return Made(new CallExpression(callee, ParseCallSite()) { Offset = offset });
    }

    private CallSite ParseCallSite()
    {
        var open = Current;
        var positional = new List<Expression>();
        var keywords = new List<(string Name, Expression)>();
        Expression? spread = null;
        ParseList(
            ")",
            () =>
            {
                if (Current.IsOperator("**"))
                    throw Error("'**' before an argument is not supported: write the arguments out");
                if (spread is null && SkipOperator("*"))
                {
                    spread = ParseExpression();
                    return;
                }
                if (Current.Kind == TokenKind.Name && Peek.IsOperator("="))
                {
                    var name = Next().Text;
                    if (keywords.Exists(k => k.Name == name))
                        throw Error($"keyword argument repeated: {name}", "SyntaxError");
                    Next();
                    keywords.Add((name, ParseExpression()));
                    return;
                }
                if (keywords.Count > 0 || spread is not null)
                    throw Error("invalid syntax for function call expression", at: open.Offset);
                positional.Add(ParseExpression());
            }
        );
        return new CallSite(positional, keywords, spread);
    }

    /// <summary>Filters after a value; in a filter block the first stands without its <c>|</c>, and nothing before it.</summary>
    private Expression ParseFilters(Expression? node, bool startsInline = false)
    {
        while (SkipOperator("|") || startsInline)
        {
            startsInline = false;
            var offset = Current.Offset;
            var name = ParseDottedName();
            var site = Current.IsOperator("(") ? ParseCallSite() : CallSite.Empty;
            node = Made(new FilterExpression(node, name, site) { Offset = offset });
        }
        return node!;
    }

    private Expression ParseTest(Expression node)
    {
        var offset = Next().Offset;
        var isNegated = SkipName("not");
        var name = ParseDottedName();
        var site = CallSite.Empty;
        if (Current.IsOperator("("))
            site = ParseCallSite();
        else if (Current.IsName("is"))
            throw Error("You cannot chain multiple tests with is");
        else if (StartsTestArgument())
            site = new CallSite([ParsePostfix(ParsePrimary())], []);
        Expression test = Made(new TestExpression(node, name, site) { Offset = offset });
        return isNegated ? Made(new NotExpression(test) { Offset = offset }) : test;
    }

    private bool StartsTestArgument() =>
        Current.Kind is TokenKind.String or TokenKind.Integer or TokenKind.Float
        || Current.IsOperator("[")
        || Current.IsOperator("{")
        || (Current.Kind == TokenKind.Name && Current.Text is not ("else" or "or" or "and"));

    private string ParseDottedName()
    {
        var name = ExpectName();
        while (SkipOperator("."))
            name += "." + ExpectName();
        return name;
    }
}
