using Assay.Cli.Doctor;

namespace Assay.Cli.Tests.Doctor;

public class ExaminationTests
{
    [Fact]
    public void A_matrix_product_at_a_tenth_of_the_possible_speed_comes_with_what_mends_it()
    {
        Assert.NotNull(Examination.Gemm(measured: 30, possible: 300).Mend);
        Assert.Null(Examination.Gemm(measured: 200, possible: 300).Mend);
        Assert.Null(Examination.Gemm(measured: 30, possible: null).Mend);
    }
}
