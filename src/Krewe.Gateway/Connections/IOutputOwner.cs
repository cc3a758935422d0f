namespace Krewe.Gateway.Connections;

/// <summary>Whom an <see cref="OutputQueue"/> tells what became of its bytes. Called outside of the queue's lock.</summary>
internal interface IOutputOwner
{
    /// <summary>There was no room, and now there is.</summary>
    void OnRoom();

    /// <summary>The client does not read: more than the bound waits for it.</summary>
    void OnOverflow();

    /// <summary>The way to the client is broken.</summary>
    void OnBroken(Exception error);

    /// <summary>So many bytes went out in one write.</summary>
    void OnWritten(int bytes);
}
