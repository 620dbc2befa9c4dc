# The TCP socket, which stays Perl's: it is read record by record, as OpenSSL does, so that what follows TLS is left in it.
package Bridge::Records;
use strict;
use warnings;
use Errno qw(EAGAIN ECONNRESET EINTR EPIPE EWOULDBLOCK);
use POSIX ();

use constant {
    HEADER      => 5,        # bytes of a record before its content
    MOST        => 16640,    # bytes of its content
    WRITE_LIMIT => 10,       # seconds for a write that should wait
    LATER       => 0.3,      # seconds that the other side's own limit comes first
};

# The socket that lies lowest where TLS runs over TLS.
sub _lowest { my $self = shift; return ${*$self}{_SSL_under} ? _lowest( ${*$self}{_SSL_under} ) : $self }

# Its file number, also while the handle is tied.
sub file_number {
    my $self = _lowest(shift);
    my $kept = ${*$self}{_SSL_fileno};
    return defined $kept ? $kept : IO::Handle::fileno($self);
}

sub _wait {
    my ( $fd, $for, $seconds ) = @_;
    my $bits = '';
    vec( $bits, $fd, 1 ) = 1;
    return $for eq 'write'
        ? select( undef, $bits, undef, $seconds )
        : select( $bits, undef, undef, $seconds );
}

sub _would_block { return $! == EAGAIN || $! == EWOULDBLOCK }
sub _code        { return $! == EPIPE ? 'EPIPE' : $! == ECONNRESET ? 'ECONNRESET' : "$!" }

# Writes all, or what the socket takes when the call must not wait.
sub _write {
    my ( $fd, $bytes, $nonblocking, $answer ) = @_;
    utf8::downgrade($bytes);
    my $at = 0;
    while ( $at < length $bytes ) {
        my $count = POSIX::write( $fd, substr( $bytes, $at ), length($bytes) - $at );
        if ( defined $count ) { $at += $count; next }
        next if $! == EINTR;
        if ( _would_block() ) {
            last if $nonblocking || !_wait( $fd, 'write', WRITE_LIMIT );
            next;
        }
        $answer->{write_error} = _code();
        last;
    }
    $answer->{taken} = $at;
}

# How much is left of the record that begins with these bytes; undef for what is none.
sub _content_length {
    my ( $type, $major, $length ) = unpack( 'CCxn', shift );
    return $type >= 20 && $type <= 24 && $major == 3 && $length > 0 && $length <= MOST ? $length : undef;
}

# Reads to the end of a record.
sub _read {
    my ( $fd, $record, $request, $answer ) = @_;
    $answer->{in} = '';
    while (1) {
        if ( !$request->{nonblocking} ) {
            my $limit = $request->{timeout};
            my $ready = _wait( $fd, 'read', defined $limit ? $limit + LATER : undef );
            next if $ready < 0 && $! == EINTR;
            if ( !$ready ) { $answer->{late} = 1; return }
        }
        my $count = POSIX::read( $fd, my $bytes, $record->{left} || HEADER - length $record->{header} );
        if ( !defined $count ) {
            next if $! == EINTR || ( _would_block() && !$request->{nonblocking} );
            $answer->{read_error} = _code() if !_would_block();
            return;
        }
        if ( $count == 0 ) { $answer->{eof} = 1; return }    # POSIX says "0 but true"
        $answer->{in} .= $bytes;
        if ( $record->{left} ) {
            next if $record->{left} -= $count;
            $record->{header} = '';
            return;
        }
        $record->{header} .= $bytes;
        return if length $record->{header} < HEADER;
        $record->{left} = _content_length( $record->{header} );
        next if $record->{left};
        $record->{header} = '';    # no TLS: the other side judges it
        return;
    }
}

# Does what the other side asks: writes `out`, reads when it wants to.
sub exchange {
    my ( $self, $request ) = @_;
    my $fd = file_number($self);
    my %answer;
    local ( $!, $@ );
    _write( $fd, $request->{out}, $request->{nonblocking}, \%answer ) if length $request->{out};
    my $lowest = _lowest($self);
    my $record = ${*$lowest}{_SSL_record} ||= { header => '', left => 0 };
    _read( $fd, $record, $request, \%answer ) if $request->{read};
    return \%answer;
}
1;
