namespace Assay.Text.Templates.Runtime;

/// <summary>Python's <c>==</c>, <c>&lt;</c> and <c>in</c>.</summary>
internal static class Comparison
{
    /// <summary>
    /// Whether a comparison holds; <paramref name="symbol"/> is <c>==</c>, <c>!=</c>, <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c>, <c>&gt;=</c>,
    /// <c>in</c> or <c>not in</c>.
    /// </summary>
    public static bool Holds(Renderer renderer, string symbol, object left, object right)
    {
        if (symbol is "==" or "!=")
        {
            renderer.Charge(1 + (Iteration.SizeOf(left) >> 4));
            return AreEqual(left, right) == (symbol == "==");
        }
        return symbol switch
        {
            "<" => Order(left, right, symbol) < 0,
            "<=" => Order(left, right, symbol) <= 0,
            ">" => Order(left, right, symbol) > 0,
            ">=" => Order(left, right, symbol) >= 0,
            "in" => Contains(renderer, right, left),
            _ => !Contains(renderer, right, left),
        };
    }

    public static bool AreEqual(object left, object right)
    {
        if (ReferenceEquals(left, right))
            return left is not double number || !double.IsNaN(number);
        switch (left)
        {
            case TemplateString a:
                return right is TemplateString b && a.Value == b.Value;
            case Undefined:
                return right is Undefined;
            case TemplateDictionary a:
                return right is TemplateDictionary dictionary && AreEqual(a, dictionary);
            case TemplateRange a:
                return right is TemplateRange range && a.Items.SequenceEqual(range.Items);
            case TemplateSequence a:
                return left.GetType() == right.GetType() && AreEqual(a.Items, ((TemplateSequence)right).Items);
            default:
                return Numbers.IsNumber(left) && Numbers.IsNumber(right) && Numbers.Compare(left, right) == 0;
        }
    }

    /// <summary>Order of two values; null when neither is less (NaN). <paramref name="symbol"/> is for the error message.</summary>
    public static int? Order(object left, object right, string symbol)
    {
        if (left is Undefined undefinedLeft)
            throw undefinedLeft.Fault();
        if (right is Undefined undefinedRight)
            throw undefinedRight.Fault();
        if (left is TemplateString a && right is TemplateString b)
            return CodePoints.Compare(a.Value, b.Value);
        if (Numbers.IsNumber(left) && Numbers.IsNumber(right))
            return Numbers.Compare(left, right);
        if (left is TemplateSequence x && right is TemplateSequence y && left.GetType() == right.GetType())
        {
            StackGuard.Check();
            Renderer.ChargeCurrent(x.Items.Count);
            foreach ((var first, var second) in x.Items.Zip(y.Items))
            {
                if (!AreEqual(first, second))
                    return Order(first, second, symbol);
            }
            return x.Items.Count.CompareTo(y.Items.Count);
        }
        throw TemplateFault.Type($"'{symbol}' not supported between instances of '{TypeNames.Of(left)}' and '{TypeNames.Of(right)}'");
    }

    public static bool Contains(Renderer renderer, object container, object item)
    {
        switch (container)
        {
            case TemplateString text:
                if (item is not TemplateString part)
                    throw TemplateFault.Type($"'in <string>' requires string as left operand, not {TypeNames.Of(item)}");
                renderer.ChargeText(text.Value.Length);
                return text.Value.Contains(part.Value, StringComparison.Ordinal);
            case TemplateDictionary or DictionaryView { IsKeys: true }:
                KeyComparer.RequireHashable(item);
                return (container as TemplateDictionary ?? ((DictionaryView)container).Dictionary).TryGet(item, out _);
            case TemplateRange range:
                return range.IndexOf(item) >= 0;
            default:
                if (!Iteration.IsIterable(container))
                    throw TemplateFault.Type($"argument of type '{TypeNames.Of(container)}' is not iterable");
                return Iteration.Items(renderer, container).Any(candidate => AreEqual(candidate, item));
        }
    }

    private static bool AreEqual(IReadOnlyList<object> left, IReadOnlyList<object> right)
    {
        if (left.Count != right.Count)
            return false;
        StackGuard.Check();
        Renderer.ChargeCurrent(left.Count);
        for (var i = 0; i < left.Count; i++)
        {
            if (!ReferenceEquals(left[i], right[i]) && !AreEqual(left[i], right[i]))
                return false;
        }
        return true;
    }

    private static bool AreEqual(TemplateDictionary left, TemplateDictionary right)
    {
        if (left.Count != right.Count)
            return false;
        StackGuard.Check();
        Renderer.ChargeCurrent(left.Count);
        return left.Items.All(item =>
            right.TryGet(item.Key, out var other) && (ReferenceEquals(item.Value, other) || AreEqual(item.Value, other))
        );
    }
}

/// <summary>Python's stable <c>sorted</c>: only ever asks which of two keys is less, and lets an error in that through.</summary>
internal static class Sorting
{
    public static List<T> Sorted<T>(Renderer renderer, IEnumerable<T> items, Func<T, object> key, bool isReversed = false)
    {
        var comparer = Comparer<object>.Create(
            (left, right) =>
            {
                renderer.Charge(1);
                return Comparison.Order(left, right, "<") ?? 0;
            }
        );
        try
        {
            return [.. isReversed ? items.OrderByDescending(key, comparer) : items.OrderBy(key, comparer)];
        }
        catch (InvalidOperationException error) when (error.InnerException is TemplateFault fault)
        {
            throw new TemplateFault(fault.ErrorType, fault.Message, fault.At);
        }
    }

    /// <summary>Strings in lower case for sorting without regard to case; other values as they are.</summary>
    public static object IgnoreCase(object value) =>
        value is TemplateString text ? TemplateString.Of(PythonText.ToLower(text.Value)) : value;
}
