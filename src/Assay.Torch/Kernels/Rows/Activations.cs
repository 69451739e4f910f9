using System.Runtime.CompilerServices;

namespace Assay.Torch.Kernels.Rows;

/// <summary>An activation: its value, and both value and derivative.</summary>
internal interface IActivation
{
    static abstract L Value<L>(L x)
        where L : struct, ILanes<L>;

    static abstract L Value<L>(L x, out L slope)
        where L : struct, ILanes<L>;
}

/// <summary>What is to be done with an activation; the JIT compiles it for each.</summary>
internal interface IActivationCall
{
    void With<A>()
        where A : struct, IActivation;
}

/// <summary>The activations of <see cref="ActivationKind"/>.</summary>
internal static class Activations
{
    public static void Call<TCall>(ActivationKind kind, TCall call)
        where TCall : struct, IActivationCall
    {
        switch (kind)
        {
            case ActivationKind.Silu:
                call.With<Silu>();
                break;
            case ActivationKind.GeluErf:
                call.With<GeluErf>();
                break;
            case ActivationKind.GeluTanh:
                call.With<GeluTanh>();
                break;
            case ActivationKind.Relu:
                call.With<Relu>();
                break;
            case ActivationKind.Tanh:
                call.With<Tanh>();
                break;
            case ActivationKind.Sigmoid:
                call.With<Sigmoid>();
                break;
            case ActivationKind.QuickGelu:
                call.With<QuickGelu>();
                break;
            case ActivationKind.ReluSquared:
                call.With<ReluSquared>();
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "not an activation");
        }
    }

    private readonly struct Silu : IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static L Value<L>(L x)
            where L : struct, ILanes<L> => x / (L.All(1f) + Functions.Exp(-x));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static L Value<L>(L x, out L slope)
            where L : struct, ILanes<L>
        {
            var s = Functions.Sigmoid(x);
            var value = x * s;
            slope = L.MultiplyAdd(value, L.All(1f) - s, s);
            return value;
        }
    }

    private readonly struct GeluErf : IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static L Value<L>(L x)
            where L : struct, ILanes<L> => x * Functions.Normal(x, out _);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static L Value<L>(L x, out L slope)
            where L : struct, ILanes<L>
        {
            var below = Functions.Normal(x, out var density);
            slope = L.MultiplyAdd(x, density, below);
            return x * below;
        }
    }

    private readonly struct GeluTanh : IActivation
    {
        private const float Linear = 1.5957691216057308f,
            Cubic = 0.07135481627159859f; // 2 sqrt(2 / pi), and 0.044715 times it

        // (1 + tanh(u)) / 2 is sigmoid(2u), and keeps its digits where tanh is near -1.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static L Value<L>(L x)
            where L : struct, ILanes<L> => x / (L.All(1f) + Functions.Exp(-(x * L.MultiplyAdd(x * x, L.All(Cubic), L.All(Linear)))));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static L Value<L>(L x, out L slope)
            where L : struct, ILanes<L>
        {
            var square = x * x;
            var s = Functions.Sigmoid(x * L.MultiplyAdd(square, L.All(Cubic), L.All(Linear)));
            var value = x * s;
            slope = L.MultiplyAdd(value * (L.All(1f) - s), L.MultiplyAdd(square, L.All(3 * Cubic), L.All(Linear)), s);
            return value;
        }
    }

    private readonly struct Relu : IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static L Value<L>(L x)
            where L : struct, ILanes<L> => L.AtLeast(L.All(0f), x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static L Value<L>(L x, out L slope)
            where L : struct, ILanes<L>
        {
            slope = L.WhereLess(L.All(0f), x, L.All(1f), L.All(0f));
            return L.AtLeast(L.All(0f), x);
        }
    }

    private readonly struct Tanh : IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static L Value<L>(L x)
            where L : struct, ILanes<L> => Functions.Tanh(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static L Value<L>(L x, out L slope)
            where L : struct, ILanes<L>
        {
            var value = Functions.Tanh(x);
            slope = L.MultiplyAdd(-value, value, L.All(1f));
            return value;
        }
    }

    private readonly struct Sigmoid : IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static L Value<L>(L x)
            where L : struct, ILanes<L> => Functions.Sigmoid(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static L Value<L>(L x, out L slope)
            where L : struct, ILanes<L>
        {
            var value = Functions.Sigmoid(x);
            slope = value * (L.All(1f) - value);
            return value;
        }
    }

    private readonly struct QuickGelu : IActivation
    {
        private const float Steepness = 1.702f;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static L Value<L>(L x)
            where L : struct, ILanes<L> => x / (L.All(1f) + Functions.Exp(x * L.All(-Steepness)));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static L Value<L>(L x, out L slope)
            where L : struct, ILanes<L>
        {
            var s = Functions.Sigmoid(x * L.All(Steepness));
            var value = x * s;
            slope = L.MultiplyAdd(value * L.All(Steepness), L.All(1f) - s, s);
            return value;
        }
    }

    private readonly struct ReluSquared : IActivation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static L Value<L>(L x)
            where L : struct, ILanes<L>
        {
            var positive = L.AtLeast(L.All(0f), x);
            return positive * positive;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static L Value<L>(L x, out L slope)
            where L : struct, ILanes<L>
        {
            var positive = L.AtLeast(L.All(0f), x);
            slope = positive + positive;
            return positive * positive;
        }
    }
}
