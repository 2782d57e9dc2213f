using EContract.Hosting.Errors;
using Xunit;

namespace EContract.Signer.Tests.Rig;

/// <summary>Asserts that the service says no, and why.</summary>
internal static class Refusal
{
    public static async Task<ServiceException> IsAsync(Fault fault, Func<Task> call)
    {
        var said = await Assert.ThrowsAsync<ServiceException>(call);
        Assert.Equal(fault, said.Fault);
        return said;
    }
}
