namespace Assay.Text.Templates.Syntax;

internal sealed partial class Parser
{
    private Statement ParseStatement()
    {
        var token = Current;
        if (token.Kind != TokenKind.Name)
            throw Error("tag name expected");
        _tags.Push(token.Text);
        Deeper();
        Next();
        var statement = token.Text switch
        {
            "for" => ParseFor(token.Offset),
            "if" => ParseIf(token.Offset),
            "set" => ParseSet(token.Offset),
            "macro" => new MacroStatement(ParseNameTarget(), ParseMacroBody(ParseParameters(), "endmacro")) { Offset = token.Offset },
            "call" => ParseCallBlock(token.Offset),
            "filter" => new FilterBlockStatement((FilterExpression)ParseFilters(null, startsInline: true), ParseBodyAndEnd("endfilter"))
            {
                Offset = token.Offset,
            },
            "with" => ParseWith(token.Offset),
            "generation" => ParseGeneration(token.Offset),
            "autoescape" => new AutoescapeStatement(ParseExpression(), ParseBodyAndEnd("endautoescape")) { Offset = token.Offset },
            "block" => ParseBlock(token.Offset),
            "break" => new LoopControlStatement(Flow.Break) { Offset = token.Offset },
            "continue" => new LoopControlStatement(Flow.Continue) { Offset = token.Offset },
            "include" or "import" or "from" or "extends" => throw Error(
                $"tag '{token.Text}' is not supported: a chat template stands alone and cannot load other templates",
                "TypeError",
                token.Offset
            ),
            "print" => throw Error("tag 'print' is not supported: write {{ … }}", at: token.Offset),
            _ => throw UnknownTag(token),
        };
        _depth--;
        _tags.Pop();
        return statement;
    }

    /// <summary>Statements up to one of the end tags, which stays current.</summary>
    private List<Statement> ParseBody(params string[] endTags)
    {
        SkipOperator(":");
        ExpectBlockEnd();
        var body = ParseUntil(endTags);
        return Current.Kind == TokenKind.End ? throw EndError("Unexpected end of template.", null, endTags) : body;
    }

    private Body ParseBodyAndEnd(string endTag) => new(ParseStatementsAndEnd(endTag));

    private List<Statement> ParseStatementsAndEnd(string endTag)
    {
        var body = ParseBody(endTag);
        Next();
        return body;
    }

    private List<Statement> ParseUntil(string[] endTags)
    {
        if (endTags.Length > 0)
            _endTags.Push(endTags);
        var body = new List<Statement>();
        var output = new List<Expression>();
        while (Current.Kind != TokenKind.End)
        {
            var token = Next();
            if (token.Kind == TokenKind.Data)
            {
                output.Add(new TemplateData(token.Text) { Offset = token.Offset });
            }
            else if (token.Kind == TokenKind.VariableBegin)
            {
                output.Add(ParseTuple());
                Expect(Current.Kind == TokenKind.VariableEnd, "end of print statement");
            }
            else
            {
                Flush();
                if (Current.Kind == TokenKind.Name && endTags.Contains(Current.Text))
                    break;
                body.Add(ParseStatement());
                ExpectBlockEnd();
            }
        }
        Flush();
        if (endTags.Length > 0)
            _endTags.Pop();
        return body;

        void Flush()
        {
            if (output.Count == 0)
                return;
            body.Add(new OutputStatement([.. output]) { Offset = output[0].Offset });
            output.Clear();
        }
    }

    private ForStatement ParseFor(int offset)
    {
        var target = ParseTarget(endName: "in");
        Expect(Current.IsName("in"), "in");
        var items = ParseTuple(withConditional: false, endName: "recursive");
        var test = SkipName("if") ? ParseExpression() : null;
        var isRecursive = SkipName("recursive");
        var body = ParseBody("endfor", "else");
        var otherwise = Next().Text == "endfor" ? [] : ParseStatementsAndEnd("endfor");
        return new ForStatement(target, items, test, isRecursive, new Body(body), new Body(otherwise)) { Offset = offset };
    }

    private IfStatement ParseIf(int offset)
    {
        Deeper();
        var test = ParseTuple(withConditional: false);
        var body = ParseBody("elif", "else", "endif");
        var token = Next();
        var otherwise = token.Text switch
        {
            "elif" => [ParseIf(token.Offset)],
            "else" => ParseStatementsAndEnd("endif"),
            _ => [],
        };
        _depth--;
        return new IfStatement(test, body, otherwise) { Offset = offset };
    }

    private Statement ParseSet(int offset)
    {
        var target = ParseTarget(withNamespace: true);
        if (SkipOperator("="))
            return new SetStatement(target, ParseTuple()) { Offset = offset };
        var filter = Current.IsOperator("|") ? (FilterExpression)ParseFilters(null) : null;
        return new SetBlockStatement(target, filter, ParseBodyAndEnd("endset")) { Offset = offset };
    }

    private MacroBody ParseMacroBody((List<NameTarget> Names, List<Expression> Defaults) parameters, string endTag) =>
        new(parameters.Names, parameters.Defaults, ParseBodyAndEnd(endTag));

    private (List<NameTarget> Names, List<Expression> Defaults) ParseParameters()
    {
        var names = new List<NameTarget>();
        var defaults = new List<Expression>();
        ExpectOperator("(");
        while (!Current.IsOperator(")"))
        {
            if (names.Count > 0)
                ExpectOperator(",");
            var parameter = ParseNameTarget();
            if (names.Exists(p => p.Name == parameter.Name))
                throw Error($"duplicate argument '{parameter.Name}' in function definition", "SyntaxError");
            if (SkipOperator("="))
                defaults.Add(ParseExpression());
            else if (defaults.Count > 0)
                throw Error("non-default argument follows default argument");
            names.Add(parameter);
        }
        ExpectOperator(")");
        return (names, defaults);
    }

    private CallBlockStatement ParseCallBlock(int offset)
    {
        var parameters = Current.IsOperator("(") ? ParseParameters() : ([], []);
        if (ParseExpression() is not CallExpression call)
            throw Error("expected call", at: offset);
        return new CallBlockStatement(call, ParseMacroBody(parameters, "endcall")) { Offset = offset };
    }

    private GenerationStatement ParseGeneration(int offset)
    {
        HasGenerationMarkers = true;
        return new GenerationStatement(ParseMacroBody(([], []), "endgeneration")) { Offset = offset };
    }

    private WithStatement ParseWith(int offset)
    {
        var assignments = new List<(Target, Expression)>();
        while (Current.Kind != TokenKind.BlockEnd)
        {
            if (assignments.Count > 0)
                ExpectOperator(",");
            var target = ParseTarget();
            ExpectOperator("=");
            assignments.Add((target, ParseExpression()));
        }
        return new WithStatement(assignments, ParseBodyAndEnd("endwith")) { Offset = offset };
    }

    private BlockStatement ParseBlock(int offset)
    {
        var name = ExpectName();
        if (!_blocks.Add(name))
            throw Error($"block {Quoted(name)} defined twice", "TemplateAssertionError", offset);
        if (Current.Kind == TokenKind.Name)
            throw Error(
                $"a {Current.Text} block is not supported: a chat template has no child template that could fill it, and a block that reads loop variables is a macro"
            );
        var body = ParseBodyAndEnd("endblock");
        SkipName(name);
        return new BlockStatement(body) { Offset = offset };
    }

    private NameTarget ParseNameTarget()
    {
        var offset = Current.Offset;
        return (NameTarget)AsTarget(IsConstantName(Current.Text) ? ParsePrimary() : new NameExpression(ExpectName()) { Offset = offset });
    }

    private Target ParseTarget(string? endName = null, bool withNamespace = false)
    {
        var offset = Current.Offset;
        var items = ParseTupleItems(() => ParseSimpleTarget(withNamespace), endName, out var isTuple);
        if (isTuple)
            return new TupleTarget(items) { Offset = offset };
        return items.Count == 1 ? items[0] : throw Error($"Expected an expression, got {Quoted(Current.Description)}");
    }

    private Target ParseSimpleTarget(bool withNamespace)
    {
        var token = Current;
        if (!withNamespace || token.Kind != TokenKind.Name || !Peek.IsOperator(".") || IsConstantName(token.Text))
            return AsTarget(ParsePrimary());
        Next();
        Next();
        return new NamespaceTarget(token.Text, ExpectName()) { Offset = token.Offset };
    }

    private Target AsTarget(Expression expression) =>
        expression switch
        {
            NameExpression name => new NameTarget(name.Name) { Offset = name.Offset },
            SequenceExpression { IsTuple: true } tuple => new TupleTarget([.. tuple.Items.Select(AsTarget)]) { Offset = tuple.Offset },
            _ => throw Error($"can't assign to {Quoted(KindName(expression))}", at: expression.Offset),
        };

    /// <summary>What jinja2 calls a kind of node.</summary>
    private static string KindName(Expression expression) =>
        expression switch
        {
            ConstantExpression => "const",
            SequenceExpression => "list",
            DictionaryExpression => "dict",
            _ => expression.GetType().Name.Replace("Expression", "").ToLowerInvariant(),
        };

    private static bool IsConstantName(string name) => name is "true" or "false" or "none" or "True" or "False" or "None";

    private TemplateException UnknownTag(Token token)
    {
        _tags.Pop();
        return EndError($"Encountered unknown tag {Quoted(token.Text)}.", token, _endTags.TryPeek(out var tags) ? tags : []);
    }

    private TemplateException EndError(string message, Token? found, string[] wanted)
    {
        if (wanted.Length > 0)
        {
            var looking = string.Join(" or ", wanted.Select(Quoted));
            message +=
                found is not null && _endTags.Any(t => t.Contains(found.Text))
                    ? $" You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for {looking}."
                    : $" Jinja was looking for the following tags: {looking}.";
        }
        if (_tags.TryPeek(out var innermost))
            message += $" The innermost block that needs to be closed is {Quoted(innermost)}.";
        return Error(message, at: found?.Offset);
    }
}
