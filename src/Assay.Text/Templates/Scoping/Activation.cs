namespace Assay.Text.Templates.Scoping;

/// <summary>
/// The variables of one run of a function scope (the template's root, a macro, a block): a null slot is a variable without a value.
/// </summary>
internal sealed class Activation(FunctionScope scope, Activation? outer, Renderer renderer)
{
    public object?[] Slots { get; } = new object?[scope.SlotCount];

    public Activation? Outer => outer;

    public Renderer Renderer => renderer;
}

/// <summary>Where a variable is found at run time: so many activations out, at that index.</summary>
internal readonly record struct Slot(int Hops, int Index)
{
    public object? Get(Activation activation) => Holder(activation)[Index];

    public void Set(Activation activation, object? value) => Holder(activation)[Index] = value;

    private object?[] Holder(Activation activation)
    {
        for (var i = 0; i < Hops; i++)
            activation = activation.Outer!;
        return activation.Slots;
    }
}
