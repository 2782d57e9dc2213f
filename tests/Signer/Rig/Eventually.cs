namespace EContract.Signer.Tests.Rig;

/// <summary>Waits for what another task brings about; how long is no part of the assertion.</summary>
internal static class Eventually
{
    public static async Task IsAsync(Func<Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
        }
    }
}
